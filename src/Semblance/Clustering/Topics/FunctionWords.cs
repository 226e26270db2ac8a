using System.Buffers;

namespace Semblance;

/// <summary>
/// Provides words that say nothing about a topic (stop words): function words of English, words of reported speech and of markup, and in
/// Chinese function words and the characters that form them.
/// </summary>
internal static class FunctionWords
{
    private static readonly SearchValues<char> Characters =
        SearchValues.Create("的了是在我你您他她它们吗呢吧啊和与或就都也很还又不没有这那哪个么什怎谁为把被让对从到会能要想可以请得着过而且但如果因所之其样里些");

    private static readonly HashSet<string> Words =
    [.. """
        an the this that these those here there where when while then than as at by for from in into of off on onto out over
        under up down to toward towards with within without about above across after again against along among around before behind
        below beneath beside besides between beyond during except inside near outside per since through throughout till until upon via
        and or nor but so yet if because although though unless whether either neither both not no yes
        he him his himself she her hers herself it its itself we us our ours ourselves you your yours yourself yourselves
        they them their theirs themselves me my mine myself one ones who whom whose which what why how
        am is are was were be been being do does did doing done have has had having can could may might must shall should will would ought
        don doesn didn isn aren wasn weren hasn haven hadn won wouldn couldn shouldn can cannot ain ll ve re
        all any anybody anyone anything each every everybody everyone everything few less many more most much nobody
        none nothing other others own same several some somebody someone something such another
        also always ever just even only quite rather really still too very already almost now never once often perhaps please soon
        get gets got getting let lets
        say says said saying tell tells told according mr mrs ms dr
        lt gt amp quot apos nbsp http https www com html htm href br img src div span
        已经 由于 以及 及其 通过 进行 对于 关于 根据 虽然 当然 然后 自己 以后 以前 之后 之前 目前 时候 现在 今天 昨天 一样 一直 一定 一下 一种 一次
        一般 表示 指出 认为 记者 报道 日前 近日 据悉 同时 并且 只是 只有 还有 所有 任何 许多 非常 十分 比较 更加 最后 首先 其中 其他 其它 左右
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Returns a value that indicates whether a word is a function word or contains such a character.</summary>
    public static bool Contains(string word) => Words.Contains(word) || word.AsSpan().ContainsAny(Characters);
}
