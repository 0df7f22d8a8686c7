"""An application of three goods lines as its codec gets it, written for these tests."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from singlewindow.kernel.messages import Document, Envelope

FOLDER = Path(__file__).parents[1]
AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
VALUES: dict[str, Any] = {
    "Decl_Custm": "8016",
    "Trade_Mode_Code": "0110",
    "Contract_No": "CQ-2026-0817",
    "Mark_No": "N/M",
    "Trade_Country_Code": "FRA",
    "Desp_Ctry_Code": "FRA",
    "Trans_Mode_Code": "2",
    "Trans_Mean_No": "YANGTZE DAWN",
    "Voyage_No": "117W",
    "Desp_Port_Code": "FRA123",
    "Port_Stop_Code": "SGP000",
    "Enty_Port_Code": "500001",
    "Desp_Date": "2026-10-12",
    "Gds_Arvl_Date": "2026-11-20",
    "Goods_Place": "果园港 3 号堆场",
    "Bill_Lad_No": "CQGY26110017",
    "Pack_Count": "180",
    "Pack_Type_Code": "22",
    "Gross_Wt": "2460.5",
    "Org_Code": "500000",
    "Insp_Org_Code": "500010",
    "Vsa_Org_Code": "500000",
    "Purp_Org_Code": "500000",
    "Decl_Reg_No": "5000910021",
    "Decl_Cname": "重庆某报关有限公司",
    "Decl_Person_Name": "王某",
    "Cont_Tel": "023-55550100",
    "Decl_Date": "2026-11-21",
    "Consignee_Code": "91500000MA5U0EXAM1",
    "Consignee_Cname": "重庆某食品进口有限公司",
    "Consignee_Ename": "EXAMPLE FOODS IMPORT (CHONGQING)",
    "Consignor_Ename": "EXEMPLE VIGNOBLES SARL",
    "GoodsList": [
        {
            "Goods_No": str(number),
            "Prod_Hs_Code": "2204210000",
            "Ciq_Code": "101",
            "Decl_Goods_Cname": f"红葡萄酒 {number} 号",
            "Goods_Spec": "750ml×6",
            "Goods_Brand": "EXEMPLE",
            "Qty": "360",
            "Qty_Meas_Unit": "122",
            "Std_Qty": "270",
            "Std_Meas_Unit": "095",
            "Net_Wt": "486.5",
            "Price_Per_Unit": "8.4",
            "Goods_Total_Val": "3024",
            "Currency": "EUR",
            "Ori_Ctry_Code": "FRA",
            "Dest_Code": "500112",
            "Purpose": "13",
            "Goods_Attr": "11,19",
            "Prod_Batch_No": f"L26-0{number}",
            "Produce_Date": "2025-10-01",
            "No_Dang_Flag": "1",
            "LicenceList": [{"Lic_Type_Code": "519", "Licence_No": f"AP26{number:06d}"}],
        }
        for number in (1, 2, 3)
    ],
    "ContList": [
        {"Cont_No": "CSQU3054383", "Cnt_Mode_Code": "21", "Lcl_Flag": "0", "Goods_No_List": "1,2,3"}
    ],
    "CertList": [{"App_Cert_Code": "16", "Appl_Ori": "1", "Appl_Copy_Quan": "2"}],
}


def document(**changes: Any) -> Document:
    """The example, with some values changed."""
    return Document("inspection_application", "1", VALUES | changes)


def notice(**changes: Any) -> Document:
    """What quarantine is told of one inspection order."""
    order = {
        "Sequence": "7",
        "Notice_Time": "2026-11-21T08:00:00+00:00",
        "Order_No": "CY20261121000001",
        "Order_State": "appointed",
        "Subject": "CSQU3054383",
        "Insp_Place": "B-07 <east>",
        "AgencyList": [{"Agency_Code": "customs"}, {"Agency_Code": "quarantine"}],
    }
    return Document("joint_inspection_notice", "1", {"OrderList": [order | changes]})


def envelope(number: int = 17) -> Envelope:
    """The envelope of the n-th message of the day."""
    message_id = f"019a9f3e-0000-7000-8000-{number:012d}"
    return Envelope(message_id, "SWCQ0001", "CIQ50000000", AT, f"SW20261121{number:08d}")
