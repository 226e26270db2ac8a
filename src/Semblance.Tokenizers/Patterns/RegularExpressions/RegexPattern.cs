using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Patterns;

/// <summary>Represents a regular expression over code points, matched in a number of steps proportional to the text.</summary>
internal sealed class RegexPattern(RegexProgram program) : TextPattern
{
    /// <summary>Reads a regular expression.</summary>
    /// <exception cref="TokenizerFormatException">It is not valid, not supported or too long.</exception>
    public static new TextPattern Read(JsonSection json)
    {
        var source = json.Text();
        if (KnownPatterns.Find(source) is { } known)
        {
            return new KnownPattern(known);
        }

        try
        {
            return new RegexPattern(RegexProgram.Read(source));
        }
        catch (FormatException exception) when (exception is not TokenizerFormatException)
        {
            throw json.Error($"the regular expression '{source}' is not supported: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches) => RegexMatcher.FindAll(program, text, matches);
}
