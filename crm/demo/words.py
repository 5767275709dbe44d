"""What the invented people of the demo say: needs, results, reasons; nothing in it is about anybody."""

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧曾解仇朴查单"
SOURCES = ("walk_in", "walk_in", "walk_in", "media", "outdoor", "agent", "referral")
RESULTS = (
    "约周末再看样板间",
    "还在比较价格，想听付款方式",
    "等家人商量，下周给答复",
    "关心学区和交房时间，已发资料",
    "对户型满意，考虑首付比例",
    "想看高一点的楼层",
)
OBJECTIONS = ("", "", "觉得总价偏高", "担心交房时间", "想等利率再降", "嫌离地铁远")
GUIDANCE = ("", "", "尽快约第二次到访", "先弄清首付来源再谈楼层", "请其家人一起来看")
HOMES = (
    {"unit": "两室两厅", "area": "89", "floor": "中间楼层", "purpose": "first", "budget": "140", "payment": "mortgage"},
    {"unit": "三室两厅", "area": "118", "floor": "10 层以上", "purpose": "better", "budget": "190", "payment": "fund"},
    {"unit": "四室两厅", "area": "143", "floor": "高层", "purpose": "family", "budget": "240", "payment": "full"},
    {"unit": "三室两厅", "area": "118", "floor": "不限", "purpose": "school", "budget": "200", "payment": "mortgage"},
    {"unit": "两室两厅", "area": "89", "floor": "低层", "purpose": "invest", "budget": "135", "payment": "instalments"},
)
COMPARED = ("示例湖畔", "示例名邸", "示例新城", "")
SAID = (
    {"favourable": "离工作地点近，家人喜欢小区环境", "unfavourable": "首付还差一些", "support": "银行预审"},
    {"favourable": "认可品牌和物业", "unfavourable": "想再看两个楼盘", "support": "周末安排样板间"},
    {"favourable": "朋友已在本小区购房", "unfavourable": "", "support": ""},
)
RECEPTION = "两人同来，看了沙盘和样板间，问了学区、楼层差价和交房时间，坐了约四十分钟"
PLANS = ("三天内电话回访，约第二次到访", "发户型图，周末再联系", "等其家人来看后谈价格")
LEVEL_REASON = "看房时主动问到付款日期"
RETURNS = "预算和付款方式没有写清，请补充"
REJECTS = "通话记录中没有这次电话"
RIVALS = (("示例湖畔", 15200), ("示例名邸", 17800), ("示例新城", 14600))
ANALYSIS = {
    "elsewhere": "对方总价低，离其父母家近；我方谈价晚了一周",
    "unreachable": "半年来多次电话未接，微信无回复",
    "not_buying": "工作调往外地，近两年不再购房",
}
CONFIRMED = "已电话核实，情况属实"
CANCELS = "贷款未获批准"
KEY = "老客户，多次介绍亲友来访"
LETTERS = "一二三四五六七八九十"
DAYS = (
    "两组客户问首付比例，资料不够，已请内勤补印；明天先回访上周末来过的三组",
    "周边新盘本周加推，客户在比总价；已准备两份付款对比",
    "今天老客户带朋友来看房，明天确认其到访时间",
)
COMMENTS = ("写得清楚，明天早会讲讲付款对比", "计划都完成了，下周多约复访")
PROBLEMS = (
    ("样板间周末排队久，客户等得急", "周六起分两条路线看房，由试用员引导"),
    ("客户常问学区，手上没有书面材料", "策划明天发放统一说明，未确认的不作承诺"),
    ("付款方式对比表旧了", "新表已放前台，旧表收回"),
)
OPEN_PROBLEM = "下午同时来了三组客户，沙盘讲解排不开"
WEEK_PLANS = (
    "先打完逾期回访；周三、周四各约一组 H 级客户复访",
    "A 级客户逐个确认家庭意见，周末集中邀约",
    "补齐两张被退回的 A 卡，再约上月未到访的客户",
)
WEEKS = (
    "计划回访全部打完，两组复访，一组认购；下周重点是贷款预审",
    "邀约五组到访三组，未到的两组改约周末",
)
ADVICE = ("先弄清首付来源，再谈楼层差价", "请其爱人周末一起来，提前留好样板间")
ADVICE_TO_REP = "回访先讲客户上次问的问题，再约时间"
OLD_BOOK = ("想看三居", "问了付款方式", "留了电话，未看样板间", "关心交房时间", "为父母看房")
LEAVES = "个人原因，月底离职"
