"""The order of elements on the customs wire: DecMessage 4.0, names as the wire spells them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

DEC = "http://www.chinaport.gov.cn/dec"
DXP = "http://www.chinaport.gov.cn/dxp"
BATCH_MOST = 100


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


class Group(NamedTuple):
    """A repeating group: ``wrapper/item*``, or bare ``item*`` where the wrapper is empty."""

    wrapper: str
    item: str
    fields: tuple[str, ...]
    groups: tuple[Group, ...] = ()

    @property
    def key(self) -> str:
        """What the group is called in a document's values."""
        return self.wrapper or self.item


HEAD = _names(
    """
    SeqNo PreEntryId EntryId IEFlag Type CustomMaster IEPort ManualNo ContrNo IEDate PDate DDate
    TradeCode TradeCoScc TradeCiqCode TradeName
    OverseasConsignorCode OverseasConsignorCname OverseasConsignorEname OverseasConsignorAddr
    OverseasConsigneeCode OverseasConsigneeEname DomesticConsigneeEname
    OwnerCode OwnerCodeScc OwnerCiqCode OwnerName AgentCode AgentCodeScc DeclCiqCode AgentName
    CopCode CopCodeScc CopName TrafMode TrafName BillNo BLNo TradeMode CutMode LicenseNo
    TradeCountry TradeAreaCode DistinatePort DespPortCode EntyPortCode GoodsPlace TransMode
    FeeMark FeeRate FeeCurr InsurMark InsurRate InsurCurr OtherMark OtherRate OtherCurr
    PackNo WrapType NoOtherPack GrossWet NetWt NoteS MarkNo EntryType EdiId DeclTrnRel BillType
    ChkSurety PromiseItmes TypistNo InputerName DeclareName OrgCode VsaOrgCode InspOrgCode PurpOrgCode
    DespDate CmplDschrgDt CorrelationNo CorrelationReasonFlag OrigBoxFlag SpecDeclFlag CheckFlow
    TaxAaminMark ApprNo Risk PartenerID TgdNo DataSource EdiRemark EdiRemark2
    """
)
FREE_TEXT = ("RelId", "RelManNo", "BonNo", "VoyNo", "DecBpNo", "CusFie", "DecNo")
# CopCode stands in the head too: it is the same firm, so one value fills both.
SIGN = _names(
    """
    OperType ICCode CopCode OperName ClientSeqNo Sign SignDate Certificate HostId BillSeqNo DomainId Note
    """
)
HEAD_DATES = ("IEDate", "PDate", "DDate", "DespDate", "CmplDschrgDt")
LINE_DATES = ("ProduceDate", "ProdValidDt", "BillLadDate")

# The confirmations that ``PromiseItmes`` states, a digit each, in this order.
PROMISES = tuple(f"PromiseItmes{number}" for number in range(1, 6))
NOT_STATED = "9"

_VIN = Group(
    "",
    "DecGoodsLimitVin",
    _names(
        """
        LicenceNo LicTypeCode VinNo BillLadDate QualityQgp MotorNo VinCode ChassisNo InvoiceNum
        ProdCnnm ProdEnnm ModelEn PricePerUnit InvoiceNo
        """
    ),
)
_LIMITS = Group(
    "DecGoodsLimits",
    "DecGoodsLimit",
    ("GoodsNo", "LicTypeCode", "LicenceNo", "LicWrtofDetailNo", "LicWrtofQty", "LicWrtofQtyUnit"),
    (_VIN,),
)
GOODS = Group(
    "DecLists",
    "DecList",
    _names(
        """
        GNo CodeTS CiqCode CiqName ContrItem GName GModel GQty GUnit FirstQty FirstUnit SecondQty SecondUnit
        DeclPrice DeclTotal TradeCurr OriginCountry OrigPlaceCode DestinationCountry DistrictCode DestCode
        DutyMode UseTo Purpose WorkUsd ExgNo ExgVersion ClassMark Factor GoodsAttr GoodsSpec GoodsModel
        GoodsBrand ProdBatchNo ProduceDate ProdValidDt ProdQgp Stuff Uncode DangName DangPackType
        DangPackSpec NoDangFlag EngManEntCnm MnufctrRegNo MnufctrRegName DeclGoodsEname
        """
    ),
    (_LIMITS,),
)
# Receivers expect these three even when they are empty.
ALWAYS = frozenset({"DecLists", "DecContainers", "DecLicenseDocus"})
BEFORE_FREE_TEXT = (
    GOODS,
    Group(
        "DecContainers",
        "Container",
        ("ContainerId", "ContainerMd", "GoodsNo", "LclFlag", "GoodsContaWt", "ContainerWt"),
    ),
    Group("DecLicenseDocus", "LicenseDocu", ("DocuCode", "CertCode")),
    Group("DecRequestCerts", "DecRequestCert", ("AppCertCode", "ApplOri", "ApplCopyQuan")),
    Group("DecOtherPacks", "DecOtherPack", ("PackQty", "PackType")),
    Group("DecCopLimits", "DecCopLimit", ("EntQualifNo", "EntQualifTypeCode")),
    Group("DecUsers", "DecUser", ("UseOrgPersonCode", "UseOrgPersonTel")),
    Group("DecMarkLobs", "DecMarkLob", ("AttachName", "AttachType")),
)
AFTER_SIGN = (
    Group(
        "",
        "EdocRealation",
        _names(
            """
            EdocID EdocCode EdocFomatType OpNote EdocCopId EdocOwnerCode SignUnit SignTime EdocOwnerName
            EdocSize
            """
        ),
    ),
    Group("", "EcoRelation", ("CertType", "EcoCertNo", "DecGNo", "EcoGNo", "ExtendFiled")),
    Group("DecCopPromises", "DecCopPromise", ("DeclaratioMaterialCode",)),
)
GROUPS = BEFORE_FREE_TEXT + AFTER_SIGN

# Names that older versions of the message use for the same box.
OLDER = {"TradeCodeScc": "TradeCoScc"}
# Where older versions have one box for all lines that each line has now.
OLDER_OF_LINES = {"DecHead/DistrictCode": "DistrictCode"}
# Mark, figure and currency of a charge; a currency alone charges nothing.
CHARGES = tuple((f"{name}Mark", f"{name}Rate", f"{name}Curr") for name in ("Fee", "Insur", "Other"))
# Numbers that say nothing at zero unless the box beside them is filled: many systems write empty ones so.
EMPTY_AT_ZERO = {
    **{rate: mark for mark, rate, _ in CHARGES},
    "SecondQty": "SecondUnit",
    "LicWrtofQty": "LicWrtofQtyUnit",
    "WorkUsd": "",
}
# What a message carries for its own transport, not for the declaration; we write our own.
OF_TRANSPORT = frozenset({"OperType", "ICCode", "OperName", "ClientSeqNo", "Sign", "SignDate", "Certificate"})
SECTIONS = {"DecHead": HEAD, "DecFreeTxt": FREE_TEXT, "DecSign": SIGN}


def _parts(groups: tuple[Group, ...]) -> tuple[str, ...]:
    return tuple(group.wrapper or group.item for group in groups)


def _below(groups: tuple[Group, ...]) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    for group in groups:
        if group.wrapper:
            yield group.wrapper, (), (group.item,)
        yield group.item, group.fields, _parts(group.groups)
        yield from _below(group.groups)


ROOT = "DecMessage"
_ELEMENTS = (
    (ROOT, (), ("DecHead", *_parts(BEFORE_FREE_TEXT), "DecFreeTxt", "DecSign", *_parts(AFTER_SIGN))),
    *((section, fields, ()) for section, fields in SECTIONS.items()),
    *_below(GROUPS),
)
# What may stand in each element of the wire, in the wire's order; PARTS are those that hold others.
ORDER = {name: fields + parts for name, fields, parts in _ELEMENTS}
PARTS = {name: frozenset(parts) for name, _, parts in _ELEMENTS}
ITEMS = {group.key: group.item for group in (*GROUPS, *GOODS.groups, *_LIMITS.groups)}
ONCE = {name: frozenset(names) - set(ITEMS.values()) for name, names in ORDER.items()}
# What the wire knows and no box of our document stands for.
UNFILLED = {
    ROOT: frozenset({"DecMarkLobs"}),
    "DecHead": frozenset(
        _names("PDate DDate TaxAaminMark CheckFlow Risk PartenerID TgdNo DataSource EdiRemark EdiRemark2")
    ),
    "DecSign": frozenset(SIGN) - OF_TRANSPORT - {"CopCode"},
    "DecList": frozenset({"ClassMark", "Factor", "UseTo"}),
    "DecGoodsLimit": frozenset({"GoodsNo"}),
    "DecGoodsLimitVin": frozenset({"LicenceNo", "LicTypeCode", "VinNo", "InvoiceNum"}),
    "EdocRealation": frozenset({"SignUnit", "SignTime"}),
    "EcoRelation": frozenset({"ExtendFiled"}),
}
# What is ours to fill: such a name in such a place is never an extension.
FILLED = {name: frozenset(names) - UNFILLED.get(name, frozenset()) for name, names in ORDER.items()}
FILLED["DecHead"] |= OLDER.keys()
