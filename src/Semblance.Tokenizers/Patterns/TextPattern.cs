using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Patterns;

/// <summary>What is to be replaced in a text, or where it is to be split: a fixed text or a regular expression.</summary>
internal abstract class TextPattern
{
    /// <summary>Where a text can be cut so that the matches in its parts are those in the whole.</summary>
    public virtual Locality Locality => Locality.Whole;

    /// <summary>The character that this pattern matches, if it is no more than that.</summary>
    public virtual char? Character => null;

    /// <summary>How many times as long as a text it can become when matches are replaced by a text.</summary>
    public virtual double Growth(string content) => 1 + content.Length;

    /// <summary>Replaces the content of <paramref name="matches"/> by the matches in a text, in order.</summary>
    public abstract void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches);

    /// <summary>Reads <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
    public static TextPattern Read(JsonSection json) =>
        json.Check(TokenizerKeys.Pattern).Optional("String") is { } text ? new FixedPattern(text.Text())
        : json.Optional("Regex") is { } regex ? regex.Text() == SpaceRunPattern.Source ? new SpaceRunPattern() : RegexPattern.Read(regex)
        : throw json.Error("expected an object with 'String' or 'Regex'");
}
