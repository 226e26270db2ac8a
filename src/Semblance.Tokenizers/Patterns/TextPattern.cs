using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Patterns;

/// <summary>Represents the pattern at which a text is split, or whose matches are replaced: a fixed text or a regular expression.</summary>
internal abstract class TextPattern
{
    /// <summary>Gets the positions at which a text can be split so that its parts have the same matches as the whole.</summary>
    public virtual Locality Locality => Locality.Whole;

    /// <summary>Gets the character that this pattern matches, or <see langword="null"/> if it matches more than one.</summary>
    public virtual char? Character => null;

    /// <summary>Returns the maximum ratio of the lengths of a text after and before the matches are replaced.</summary>
    public virtual double Growth(string content) => 1 + content.Length;

    /// <summary>Replaces the content of <paramref name="matches"/> with the matches in a text, in order.</summary>
    public abstract void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches);

    /// <summary>Reads <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
    public static TextPattern Read(JsonSection json) =>
        json.Check(TokenizerKeys.Pattern).Optional("String") is { } text ? new FixedPattern(text.Text())
        : json.Optional("Regex") is { } regex ? regex.Text() == SpaceRunPattern.Source ? new SpaceRunPattern() : RegexPattern.Read(regex)
        : throw json.Error("expected an object with 'String' or 'Regex'");
}
