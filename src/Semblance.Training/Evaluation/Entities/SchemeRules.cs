using Tag = Semblance.Training.EntitySpans.Tag;

namespace Semblance.Training;

/// <summary>
/// Represents the rules of a tag scheme, as in seqeval: pairs of a tag's prefix and the next one's at which an entity starts, continues or
/// has ended.
/// </summary>
internal sealed class SchemeRules
{
    private const string Any = "IOBESUL";

    private static readonly Dictionary<TagScheme, SchemeRules> All = new()
    {
        [TagScheme.IOB1] = new("IOB")
        {
            _starts = [("O", "I", null), ("I", "I", false), ("B", "I", null), ("I", "B", true), ("B", "B", true)],
            _continues = [("B", "I", true), ("I", "I", true)],
            _ends = [("I", "I", false), ("I", "O", null), ("I", "B", null), ("B", "O", null), ("B", "I", false), ("B", "B", true)],
        },
        [TagScheme.IOE1] = new("IOE")
        {
            _starts = [("O", "I", null), ("I", "I", false), ("E", "I", null), ("E", "E", true)],
            _continues = [("I", "I", true), ("I", "E", true)],
            _ends = [("I", "I", false), ("I", "O", null), ("I", "E", false), ("E", "I", true), ("E", "E", true)],
        },
        [TagScheme.IOB2] = new("IOB")
        {
            _starts = [(Any, "B", null)],
            _continues = [("B", "I", true), ("I", "I", true)],
            _ends = [("I", "O", null), ("I", "I", false), ("I", "B", null), ("B", "O", null), ("B", "I", false), ("B", "B", null)],
        },
        [TagScheme.IOE2] = new("IOE")
        {
            _starts = [("O", "I", null), ("O", "E", null), ("E", "I", null), ("E", "E", null), ("I", "I", false), ("I", "E", false)],
            _continues = [("I", "E", true), ("I", "I", true)],
            _ends = [("E", Any, null)],
        },
        [TagScheme.IOBES] = Singles("IOBES", 'S', 'E'),
        [TagScheme.BILOU] = Singles("IOBUL", 'U', 'L'),
    };

    private readonly string _prefixes;

    // Prefixes of a tag, prefixes of the next tag, and whether their types are the same; null if either is allowed.
    private (string Previous, string Next, bool? IsSame)[] _starts = [], _continues = [], _ends = [];

    private SchemeRules(string prefixes) => _prefixes = prefixes;

    public static SchemeRules Of(TagScheme scheme) => All.TryGetValue(scheme, out var rules)
        ? rules : throw new ArgumentOutOfRangeException(nameof(scheme), scheme, "The scheme is not defined.");

    /// <summary>Returns the tag if its prefix is one of the scheme's.</summary>
    public Tag Check(Tag tag, string text) => _prefixes.Contains(tag.Prefix, StringComparison.Ordinal) ? tag : throw new ArgumentException(
        $"The tag '{text}' has none of the scheme's prefixes {string.Join(", ", _prefixes.ToArray())}; choose the scheme of the data.",
        nameof(text));

    public bool Starts(Tag previous, Tag next) => Has(_starts, previous, next);

    public bool Continues(Tag previous, Tag next) => Has(_continues, previous, next);

    public bool Ends(Tag previous, Tag next) => Has(_ends, previous, next);

    private static SchemeRules Singles(string prefixes, char single, char last) => new(prefixes)
    {
        _starts = [(Any, "B", null), (Any, $"{single}", null)],
        _continues = [("B", "I", true), ("B", $"{last}", true), ("I", "I", true), ("I", $"{last}", true)],
        _ends = [($"{single}", Any, null), ($"{last}", Any, null)],
    };

    private static bool Has((string Previous, string Next, bool? IsSame)[] rules, Tag previous, Tag next) => Array.Exists(rules, rule =>
        rule.Previous.Contains(previous.Prefix, StringComparison.Ordinal) && rule.Next.Contains(next.Prefix, StringComparison.Ordinal)
        && rule.IsSame != !(previous.Type == next.Type));
}
