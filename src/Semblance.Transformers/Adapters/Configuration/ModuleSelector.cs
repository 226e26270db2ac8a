using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Selects layers of a model by their names, as <c>target_modules</c> of PEFT: the last parts of names, a regular expression, or all linear
/// layers.
/// </summary>
public sealed record ModuleSelector
{
    private const string AllLinearName = "all-linear";

    // A pattern from a file must not cost more than this for each name.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly Regex? _pattern;

    private ModuleSelector(IReadOnlyList<string> names, string? pattern)
    {
        (Names, Pattern) = (names, pattern);
        _pattern = pattern is null or AllLinearName ? null : new Regex($@"\A(?:{pattern})\z", RegexOptions.CultureInvariant, Timeout);
    }

    /// <summary>Gets the selector of all linear layers of the body; those of heads are left out.</summary>
    public static ModuleSelector AllLinear { get; } = new([], AllLinearName);

    /// <summary>Gets the names, of which the name of a layer has one as its last parts; empty for a pattern.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>
    /// Gets the regular expression of the whole name of a layer, or <c>all-linear</c>; <see langword="null"/> for a list of names.
    /// </summary>
    public string? Pattern { get; }

    /// <summary>Gets a value that indicates whether all linear layers of the body are selected.</summary>
    public bool IsAllLinear => Pattern == AllLinearName;

    /// <summary>Creates a selector of layers by the last parts of their names.</summary>
    /// <param name="names">The names, such as <c>query</c> or <c>output.dense</c>.</param>
    public static ModuleSelector Named(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new ModuleSelector(names, null);
    }

    /// <summary>Creates a selector of layers by a regular expression.</summary>
    /// <param name="pattern">The regular expression of the whole name, or <c>all-linear</c>.</param>
    /// <exception cref="ArgumentException">The pattern is not a regular expression.</exception>
    public static ModuleSelector Matching(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        return new ModuleSelector([], pattern);
    }

    /// <summary>Returns a value that indicates whether a layer is selected.</summary>
    /// <param name="name">The name of the layer.</param>
    /// <param name="layer">The layer.</param>
    /// <exception cref="RegexMatchTimeoutException">The regular expression takes too long.</exception>
    public bool Matches(string name, Layer layer)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IsAllLinear ? layer is Linear { Weight.Shape.Length: 2 } : _pattern?.IsMatch(name) ?? Names.Any(entry =>
            EndsWith(name, entry));
    }

    /// <summary>Returns the names, or the pattern.</summary>
    public override string ToString() => Pattern ?? $"[{string.Join(", ", Names)}]";

    /// <summary>Returns a value that indicates whether a name is another or has it as its last parts.</summary>
    internal static bool EndsWith(string name, string last) => name.EndsWith(last, StringComparison.Ordinal)
        && (name.Length == last.Length || name[^(last.Length + 1)] == '.');

    /// <summary>Reads a selector: a list of names, or a text with a pattern; <see langword="null"/> if the field is absent.</summary>
    internal static ModuleSelector? Read(ConfigurationFile file, string field)
    {
        if (file.Find(field) is not { ValueKind: JsonValueKind.String })
        {
            return file.Texts(field) is { Count: > 0 } names ? Named(names) : null;
        }

        try
        {
            return file.Text(field) is { Length: > 0 } pattern ? Matching(pattern) : null;
        }
        catch (ArgumentException e)
        {
            throw file.Fault(field, $"is not a regular expression: {e.Message}");
        }
    }

    /// <summary>Returns the selector as in a file.</summary>
    internal static JsonNode? Json(ModuleSelector? selector) =>
        selector is null ? null : selector.Pattern is { } pattern ? pattern : Json(selector.Names);

    /// <summary>Returns a list of texts as in a file.</summary>
    internal static JsonArray Json(IEnumerable<string> names) => [.. names.Select(name => (JsonNode)name)];
}
