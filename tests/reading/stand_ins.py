"""Answers of our own that stand in the place of content, and contents that speak of them: (name, answer, expected).

Each is the raw bytes of a page in the structure that servers, firewalls, content systems and WeChat send.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.items import PageClass
from tests.reading.pages import URL, html, paragraphs

WECHAT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
_CHROME = (
    "".join(f"<p>{sign}</p>" for sign in "：，，，，。")
    + "<p>视频 小程序 赞 ，轻点两下取消赞 在看 ，轻点两下取消在看</p>"
)
_FILLER = "<script>var t = {a: 1};</script>\n" * 1500
_NAV = "".join(f'<li><a href="/c{n}/">栏目{n}</a></li>' for n in range(30))
_FOOT = (
    "<div class='foot'><p>版权所有：海城市公安局　地址：海城市云州大道1号　邮编：000000</p>"
    "<p>网站标识码：0000000001　云ICP备00000000号　云公网安备00000000000001号</p></div>"
)
_ITEMS = "".join(
    f'<li><a href="/jwzx/2026{m:02}/t2026{m:02}10_{m}.html">海城警方通报第{m}起冒充客服案件</a>'
    f"<span>2026-{m:02}-10</span></li>"
    for m in range(1, 10)
)


@dataclass(frozen=True)
class Answer:
    """One answer and what it is; ``None``: content, nothing stands before it."""

    name: str
    body: bytes
    expected: PageClass
    url: str = URL
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def bare(body: str, title: str = "", head: str = "") -> str:
    """A page of nothing but ``body``."""
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def framed(body: str, title: str = "海城市公安局", head: str = "") -> str:
    """``body`` between a site's navigation and footer."""
    return bare(f'<div class="nav"><ul>{_NAV}</ul></div><div class="main">{body}</div>{_FOOT}', title, head)


def wechat(words: str) -> str:
    """A page of the public-account platform without an article."""
    return bare(f'{_FILLER}<div class="weui-msg">{words}</div>{_CHROME}')


def _of(expected: PageClass, *pages: tuple[str, str | bytes], **how: object) -> list[Answer]:
    return [
        Answer(name, body if isinstance(body, bytes) else body.encode(), expected, **how)  # type: ignore[arg-type]
        for name, body in pages
    ]


CHALLENGES = [
    *_of(
        PageClass.CHALLENGE,
        (
            "a cookie that a script puts together",
            "<script>document.cookie=('a')+('=')+(1+2+'')+(';path=/');location.href=location.pathname</script>",
        ),
        (
            "a second round of the same, long and obscured",
            bare(
                "",
                head="<script>var _0x1a2b=['c'];"
                + "q(0x1f);" * 6000
                + ";go({'bts':['17','x']});document.cookie='k=v'</script>",
            ),
        ),
        ("a confirmation label of an edge network", bare("<script>var WZWS_CONFIRM_PREFIX_LABEL='x';</script>")),
        (
            "a cookie of a cloud firewall",
            bare(
                "<script>var arg1='4A';function setCookie(n,v){document.cookie=n+'='+v};"
                "setCookie('acw_sc__v2','x');document.location.reload()</script>"
            ),
        ),
        (
            "a signed script with odd names",
            b'<!DOCTYPE html><html><head><meta id="Xy3kQpZr81Lm" content="aB.c9_dEfGhIjKlMnOpQrStUv" '
            b'r="m"><script r="m">$_ts=window[\'$_ts\'];if(!$_ts)$_ts={};$_ts.cd="qx";'
            b"</script><script src=\"/Ab3dEf/c9XyZ.1a2b3c4.js\" r='m'></script>"
            b"</head><body></body></html>",
        ),
        (
            "the same before an empty application",
            bare(
                "<div id='app'></div>",
                "海城市公安局",
                "<meta content='u6n.V5Mm7nw_PlZ82xktgBtb' r='m'><script r='m'>$_ts=window['$_ts']</script>",
            ),
        ),
        (
            "an interstitial of a delivery network",
            bare(
                "<h1>www.haicheng.example</h1><h2>Performing security verification</h2>"
                "<p>This site uses a security service to protect itself, and it may "
                "take a few seconds.</p><noscript>Enable JavaScript and cookies to "
                "continue</noscript><script>window._cf_chl_opt={}</script>",
                "Just a moment...",
            ),
        ),
        ("a slider", framed("<h1>安全验证</h1><p>检测到您的网络存在异常，请按住滑块拖动到最右边</p>", "安全验证")),
        (
            "a picture to read",
            bare("<form><p>请输入验证码后继续访问</p><input name='c'><img src='/code.jpg'></form>", "访问验证"),
        ),
        ("too many visits", bare("<p>您的访问过于频繁，请完成下方验证</p>")),
        (
            "a vendor's captcha on an empty page",
            bare("<div id='box'></div><script src='https://static.geetest.com/v4/gt4.js'></script>"),
        ),
        ("a check of the browser in GBK", bare("<p>正在进行浏览器安全检查，请稍候…</p>", "安全检查").encode("gbk")),
        (
            "a script that only evaluates",
            "<html><body><script>eval(function(p,a,c,k){return p}('1 0',2,2,'a|b'));</script></body></html>",
        ),
    ),
    *_of(PageClass.CHALLENGE, ("a challenge under 521", "<script>var x=1;</script>"), status=521),
    *_of(PageClass.CHALLENGE, ("an answer under 412", "<html><head></head><body></body></html>"), status=412),
    *_of(PageClass.CHALLENGE, ("an answer under 202", "<html><script src='/a.js'></script></html>"), status=202),
    *_of(
        PageClass.CHALLENGE,
        ("a challenge under 404", bare("<script>document.cookie='__jsl_clearance=1';location.reload()</script>")),
        status=404,
    ),
    *_of(
        PageClass.CHALLENGE,
        ("a challenge that a header names", framed(paragraphs())),
        headers={"cf-mitigated": "challenge"},
    ),
    *_of(
        PageClass.CHALLENGE,
        ("a challenge under 503", bare("<p>Checking your browser before accessing the site.</p>", "Just a moment...")),
        status=503,
    ),
]

BLOCKS = [
    *_of(
        PageClass.BLOCKED,
        (
            "a cloud firewall",
            bare(
                "<div><p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。"
                "</p><p>您的请求ID是：7f00000117</p></div>",
                "405",
            ),
        ),
        (
            "a shared host's firewall",
            bare(
                "<h3>网站防火墙</h3><p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>"
                "<p>可能原因：您提交的内容包含危险的攻击请求。</p><p>如何解决：检查提交内容；如网站托管，"
                "请联系空间提供商。</p>",
                "网站防火墙",
            ),
        ),
        ("an address that is locked", framed("<p>您的IP已被禁止访问，如有疑问请联系网站管理员。</p>", "访问被拒绝")),
        (
            "an English refusal",
            bare(
                "<h1>Access Denied</h1><p>You don't have permission to access this "
                "page on this server.</p><p>Reference #18.2f</p>",
                "Access Denied",
            ),
        ),
        ("visitors of the country only", bare("<p>该网站仅限境内访问</p>")),
        (
            "a server's own page",
            bare("<center><h1>403 Forbidden</h1></center><hr><center>nginx</center>", "403 Forbidden"),
        ),
    ),
    *_of(PageClass.BLOCKED, ("a firewall under 405", bare("<p>您的访问被拦截</p>")), status=405),
    *_of(PageClass.BLOCKED, ("a status of firewalls", bare("<p>-</p>")), status=567),
]

GONE = [
    *_of(
        PageClass.DELETED,
        (
            "a page that does not exist, with navigation",
            framed("<div><p>您访问的页面不存在或已被删除！</p><p>5秒后自动返回首页</p></div>"),
        ),
        ("the same with recommended news", framed(f"<h2>抱歉，您要查看的页面已删除</h2><ul>{_ITEMS}</ul>")),
        ("the same in GBK", framed("<h2>对不起，您访问的网页不存在</h2>", "错误提示").encode("gbk")),
        ("one that sends its readers home", '<meta http-equiv="refresh" content="5;url=/"><p>页面不存在</p>'),
        ("an alert and a way back", "<script>alert('该信息不存在或已被删除！');history.back();</script>"),
        ("a title among full navigation", framed("<p>-</p>", "页面不存在_海城市公安局")),
        (
            "a server's own page",
            bare("<center><h1>404 Not Found</h1></center><hr><center>nginx/1.1</center>", "404 Not Found"),
        ),
        ("an article that was taken down", framed("<div class='content'>该文章已下线</div>")),
        ("words of a platform", bare("<div class='msg'>抱歉，该内容已被作者删除</div>", "内容已删除")),
        (
            "an English page",
            framed(
                "<h1>Page not found</h1><p>We're sorry, the page you are looking for doesn't exist.</p>",
                "Page not found",
            ),
        ),
        ("plain text", "404 page not found"),
        ("a JSON answer", '{"code":404,"msg":"文章不存在","data":null}'),
        ("a text in the place of the body", html('<div class="text"><p>该信息已被删除</p></div>')),
    ),
    *_of(PageClass.DELETED, ("a status", html(paragraphs())), status=410),
    *_of(
        PageClass.DELETED,
        ("a redirect to an error page", framed("<img src='/404.png'>")),
        url="http://www.haicheng.example/404.html",
    ),
    *_of(
        PageClass.MOVED,
        ("a refresh", '<meta http-equiv="refresh" content="0; url=/new/index.html"><p>跳转中</p>'),
        (
            "a script that sends on",
            "<html><script>window.location.href='http://new.haicheng.example/';</script></html>",
        ),
        ("a new domain", framed("<p>本站已迁移至新域名</p>")),
    ),
]

ERRORS = [
    *_of(
        PageClass.ERROR,
        (
            "Tomcat",
            bare(
                "<h1>HTTP Status 500 – Internal Server Error</h1><p><b>Message</b>"
                " x</p><pre>java.lang.NullPointerException\n at cn.haicheng.web.Show.go(Show.java:41)\n "
                "at cn.haicheng.web.Main.run(Main.java:7)</pre><h3>Apache Tomcat/8.5.1</h3>",
                "HTTP Status 500 – Internal Server Error",
            ),
        ),
        (
            "ASP.NET",
            bare(
                "<h1>Server Error in '/' Application.</h1><h2><i>未将对象引用设置到对象的实例。"
                "</i></h2><p>说明: 执行当前 Web 请求期间，出现未经处理的异常。请检查堆栈跟踪信息，"
                "以了解有关该错误以及代码中导致错误的出处的详细信息。</p><p>异常详细信息: "
                "System.NullReferenceException: 未将对象引用设置到对象的实例。</p>",
                "未将对象引用设置到对象的实例。",
            ),
        ),
        (
            "a database",
            "<br /><b>Fatal error</b>: Uncaught PDOException: SQLSTATE[HY000] "
            "[2002] Connection refused in /www/db.php:12",
        ),
        (
            "an old driver in GBK",
            "<font face=\"宋体\">Microsoft VBScript 运行时错误 错误 '800a000d'<p>"
            "类型不匹配<p>/show.asp，行 21</font>".encode("gbk"),
        ),
        ("a framework", bare("<div><h1>系统发生错误</h1><p>页面错误！请稍后再试～</p></div>", "系统发生错误")),
        ("maintenance", bare("<div><h2>系统维护中</h2><p>网站正在升级维护，请稍后再访问。</p></div>", "系统维护")),
        ("busy", framed("<p>系统繁忙，请稍后再试</p>")),
        ("a JSON error", '{"code":500,"msg":"系统异常","data":null}'),
        (
            "another JSON error",
            '{"timestamp":"2026-01-20T01:00:00","status":500,"error":"Internal Server Error","path":"/a"}',
        ),
        (
            "a welcome",
            bare(
                "<h1>Welcome to nginx!</h1><p>If you see this page, the web server is successfully installed.</p>",
                "Welcome to nginx!",
            ),
        ),
        ("nothing", "  \n"),
    ),
    *_of(PageClass.ERROR, ("a gateway", bare("<h1>502 Bad Gateway</h1>")), status=502),
    *_of(
        PageClass.ERROR,
        ("a server that is down behind a network", bare("<h1>Web server is down</h1>")),
        status=521,
        headers={"server": "cloudflare"},
    ),
]

LOGINS = [
    *_of(
        PageClass.LOGIN,
        (
            "a form",
            bare("<form><input name='u'><input type='password' name='p'><button>登录</button></form>", "用户登录"),
        ),
        ("a sentence", framed("<p>您尚未登录，请登录后查看</p>")),
        ("single sign-on", bare("<h1>统一身份认证平台</h1><form><input type=password></form>", "统一身份认证")),
        ("a JSON answer", '{"success":false,"message":"请先登录"}'),
    ),
    *_of(PageClass.LOGIN, ("a status", "<p>x</p>"), status=401),
]

SHELLS = _of(
    PageClass.SHELL,
    (
        "an application",
        bare(
            "<noscript><strong>We're sorry but haicheng doesn't work properly "
            "without JavaScript enabled. Please enable it to continue.</strong>"
            "</noscript><div id='app'></div><script src='/js/app.1f.js'></script>",
            "海城市公安局",
        ),
    ),
    ("an application without a word", bare("<div id=root></div><script src='/static/js/main.js'></script>", "海城")),
    (
        "a template",
        framed("<h1>{{ article.title }}</h1><div>{{ article.date }}</div><div v-html='x'>{{ article.body }}</div>"),
    ),
    ("a skeleton", framed("<div class='skeleton'></div><p>数据加载中…</p>")),
)

WECHAT_STATES = [
    *_of(
        PageClass.DELETED,
        ("deleted by its publisher", wechat("<h2>该内容已被发布者删除</h2>")),
        ("an account that was closed", wechat("<h2>该账号已自主注销，内容无法查看</h2>")),
        url=WECHAT,
    ),
    *_of(
        PageClass.VIOLATION,
        (
            "a violation",
            wechat(
                "<h2>此内容因违规无法查看</h2><p>由用户投诉并经平台审核，涉嫌过度营销、骚扰用户，"
                "查看 <a href='#'>对应规则</a></p>"
            ),
        ),
        ("a complaint", wechat("<h2>此内容被投诉且经审核涉嫌侵权，无法查看。</h2>")),
        ("an account that was shut", wechat("<h2>此帐号已被屏蔽, 内容无法查看</h2>")),
        (
            "a violation of a law",
            wechat(
                "<h2>此内容因违规无法查看</h2><p>接相关投诉，此内容违反《互联网用户公众账号信息服务管理规定》，"
                "查看详细内容</p>"
            ),
        ),
        url=WECHAT,
    ),
    *_of(
        PageClass.MOVED,
        (
            "an account that moved",
            wechat(
                "<h2>该公众号已迁移</h2><p>该公众号已迁移至新的账号，原账号已回收。"
                "若需访问原文章链接，请点击下方按钮。</p><a href='#'>访问文章</a>"
            ),
        ),
        url=WECHAT,
    ),
    *_of(
        PageClass.CHALLENGE,
        (
            "an abnormal environment",
            wechat("<h2>环境异常</h2><p>当前环境异常，完成验证后即可继续访问。</p><a href='#'>去验证</a>"),
        ),
        ("too many visits to it", wechat("<p>访问过于频繁，请用微信扫描二维码进行访问</p>")),
        ("no reason at all", wechat("")),
        url=WECHAT,
    ),
    *_of(
        PageClass.CHALLENGE,
        ("a captcha's address", bare("")),
        url="https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x",
    ),
    *_of(
        PageClass.ERROR,
        ("a link that ran out", wechat("<h2>该链接已过期</h2>")),
        ("a wrong parameter", wechat("<h2>参数错误</h2>")),
        ("a system error", wechat("<h2>系统出错</h2>")),
        ("not to be seen for now", bare("<p>该内容暂时无法查看</p>", "该内容暂时无法查看")),
        url=WECHAT,
    ),
]

_MENTION = "骗子发来链接，页面显示“您访问的页面不存在”，随后要求事主登录后查看并输入验证码。"

CONTENTS = _of(
    PageClass.UNKNOWN,
    ("an ordinary article", html(paragraphs())),
    (
        "an article about pages that do not exist",
        html(
            paragraphs(_MENTION, "该内容已被发布者删除，聊天记录也无法查看。", "请群众切勿点击。"),
            title="警惕“页面不存在”骗局",
        ),
    ),
    (
        "one with the words as its headline",
        html(paragraphs(), title="“环境异常，去验证”是骗局", heading="“环境异常，去验证”是骗局"),
    ),
    ("two lines", bare("<h1>紧急提醒</h1><p>即日起凡自称平台客服要求转账的，均为诈骗。</p><p>请拨打96110。</p>")),
    ("two lines that tell of a captcha", bare(f"<p>{_MENTION}</p><p>请拨打96110。</p>")),
    (
        "two lines in GBK",
        bare("<h1>停电通知</h1><p>一月二十日零时至六时全市停电检修。</p><p>特此通知。</p>").encode("gbk"),
    ),
    (
        "two short lines under a vendor's script",
        html("<p>特此提醒。</p>", head="<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"),
    ),
    (
        "an article with a vendor's script",
        html(
            paragraphs(),
            head="<script src='https://static.geetest.com/gt.js'></script><script "
            "src='https://cstaticdun.126.net/load.min.js?yidun'></script>",
        ),
    ),
    (
        "an article behind a signed script",
        html(
            paragraphs(),
            head="<meta id='Xy3kQpZr81Lm' content='aB.c9_dEfGhIjKlMnOpQrStUv' r='m'>"
            "<script r='m'>$_ts=window['$_ts']</script>",
        ),
    ),
    ("a list behind a signed script", framed(f"<ul>{_ITEMS}</ul>", head="<script r='m'>$_ts=window['$_ts']</script>")),
    (
        "a list with a hidden message",
        framed(f"<ul>{_ITEMS}</ul><div style='display:none'>系统繁忙，请稍后再试</div><p>请先登录</p>"),
    ),
    (
        "a list of three",
        framed(
            "<ul>"
            + "".join(
                f'<li><a href="/t{n}.html">海城警方通报第{n}起冒充客服案件</a> 2026-01-1{n}</li>' for n in range(3)
            )
            + "</ul><p>暂无数据</p>"
        ),
    ),
    (
        "an article with a login box",
        html(paragraphs(), head="") + "<form>请先登录后发表评论<input type=password></form>",
    ),
    (
        "a text in pictures, with a login box",
        html("<div class='content'><img src='/a.jpg'></div><p>请登录后发表评论</p>"),
    ),
    (
        "a text in pictures, and a message nobody sees",
        html("<div class='content'><img src='/a.jpg'></div><div style='display:none'>加载失败，请稍后再试</div>"),
    ),
    (
        "a notice of maintenance",
        html(
            paragraphs("因系统升级维护，我局网上报警平台将于1月21日零时至六时暂停服务，请稍后再试。"),
            title="系统维护公告_海城市公安局",
            heading="系统维护公告",
        ),
    ),
    (
        "a notice of a new address",
        html(
            paragraphs("我局网站已迁移至新域名，旧网站将于三月关停，请广大市民更新收藏。"),
            title="关于网站改版的公告",
            heading="关于网站改版的公告",
        ),
    ),
    (
        "a notice that an earlier text was withdrawn",
        html(
            paragraphs("我局一月三日发布的《关于防范招聘骗局的提示》因数据有误，现予撤回，原文章已删除。"),
            heading="更正说明",
            title="更正说明",
        ),
    ),
    (
        "an article below a server's warning",
        "<b>Warning</b>: Undefined variable $a in <b>/www/show.php</b> on line <b>12</b><br>" + html(paragraphs()),
    ),
    ("an article number 404", html(paragraphs())),
    ("rows", '{"rows": []}'),
    (
        "an English warning of login pages",
        bare(
            "<h1>Consular alert</h1><p>Scammers send messages that say your account "
            "was locked and ask you to sign in to continue. Do not follow the "
            "link, and call the police at once.</p>"
        ),
    ),
    (
        "a text of error codes",
        html(
            paragraphs("钓鱼网站往往显示“404 Not Found”，以此掩盖后台盗号程序，警方已查获此类网站四十个。" * 3),
            title="404 Not Found背后的骗局",
            heading="404 Not Found背后的骗局",
        ),
    ),
)

STAND_INS = [*CHALLENGES, *BLOCKS, *GONE, *ERRORS, *LOGINS, *SHELLS, *WECHAT_STATES]
