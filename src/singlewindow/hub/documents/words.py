"""What the form's scripts say, in both languages; ``{n}`` is filled in by the browser."""

from __future__ import annotations

from singlewindow.kernel.messages import Text

WORDS = {
    "saved": Text("已暂存 {at}", "Saved {at}"),
    "draft_version": Text("第 {n} 版草稿", "Draft version {n}"),
    "unsaved": Text("有未暂存的改动", "Changes not saved yet"),
    "restored": Text(
        "上次录入、未能暂存的内容已放回，请核对后暂存",
        "What was typed and could not be saved is back: look it over, then save"
    ),
    "away": Text(
        "连接不上服务器；内容仍在本页，稍后自动再试",
        "The server cannot be reached; everything is still here and is tried again",
    ),
    "unanswered": Text(
        "申报没有得到答复，不知是否已受理；内容仍在本页，请再按一次申报，不会重复",
        "No answer came, so it is not known whether it was taken; everything is still here: submit again,"
        " it counts once",
    ),
    "signed_out": Text(
        "登录已失效；内容仍在本页，请在另一窗口登录后再暂存",
        "Your session has ended; everything is still here: sign in in another window, then save",
    ),
    "sign_in": Text("打开登录窗口", "Open a window to sign in"),
    "clear": Text("通过", "Clear"),
    "errors": Text("{n} 项错误", "{n} errors"),
    "error": Text("1 项错误", "1 error"),
    "warnings": Text("{n} 项提示", "{n} hints"),
    "warning": Text("1 项提示", "1 hint"),
    "no_problems": Text("没有问题，可以申报", "No problems; ready to submit"),
    "checked": Text("校验于 {at}，用时 {ms} 毫秒", "checked {at} in {ms} ms"),
    "announce": Text(
        "校验完成：{errors} 项错误，{warnings} 项提示", "Checked: {errors} errors, {warnings} hints"
    ),
    "go_to": Text("定位 ↵", "Go to ↵"),
    "fill_in": Text("填入 {value}", "Use {value}"),
    "opened": Text("{where}：第 {n} 项", "{where}: line {n}"),
    "nothing_found": Text("没有相符的代码", "No such code"),
    "full_table": Text("{name}（{n} 个）", "{name} ({n})"),
    "goes_to": Text("本项去向：{name}", "“{name}” goes to"),
    "fills": Text("录 1 次，填 {n} 框", "1 entry, {n} boxes"),
    "fills_one": Text("录 1 次，填 1 框", "1 entry, 1 box"),
    "goes_nowhere": Text("本项不进入各家单证", "It enters no other document"),
    "converted": Text("转换", "converted"),
    "boxes": Text("填写 {n} 框", "{n} boxes"),
    "stays": Text("{what}。不会丢失：内容都还在本页。", "{what}. Nothing is lost: all of it is still here."),
    "as_new": Text("另存为新草稿", "Keep as a new draft"),
    "reload": Text("打开较新的一版", "Open the newer one"),
    "open_submission": Text("查看已申报的货物", "See what was submitted"),
    "imported": Text("已读入 {name}（{format}）", "Read {name} ({format})"),
    "undo": Text("撤销：{does}", "Undo: {does}"),
    "redo": Text("恢复：{does}", "Redo: {does}"),
    "takes": Text("以上一行替换 {value}", "the line above instead of {value}"),
    "removes": Text("删除 {where} {n}", "remove {where} {n}"),
    "leaves": Text("不带入那一票的 {n} 项", "leave out {n} fields of that shipment"),
    "reads": Text("读入 {name}", "read {name}"),
    "pastes": Text("粘贴 {rows} × {columns}", "paste {rows} × {columns}"),
    "pasted": Text("已粘贴 {rows} 行 {columns} 列", "Pasted: {rows} rows of {columns}"),
    "no_room": Text(
        "粘贴的内容有 {rows} 行 {columns} 列，从这里起只有 {lines} 行 {fields} 列；没有粘贴任何内容",
        "What was to be pasted has {rows} rows and {columns} columns, and from here there are {lines} and"
        " {fields}; nothing was pasted",
    ),
    "total": Text("{name}合计 {sum}", "{name}: {sum} in all"),
    "total_of": Text("{name}合计 {sum}（{n} 项填了 {filled} 项）", "{name}: {sum} in {filled} of {n} lines"),
    "as_above": Text("，与表头一致", ", as above"),
    "unlike_above": Text("，表头 {above}，相差 {by}", ", above {above}: {by} between them"),
    "between": Text("；", "; "),
    "page": Text("{at} / {of}", "{at} / {of}"),
}  # fmt: skip
