using System.Text.RegularExpressions;

namespace Semblance.Tokenizers.Patterns;

/// <summary>Provides the common regular expressions, compiled ahead of time. In all of them a space belongs to the word after it.</summary>
internal static partial class KnownPatterns
{
    private const string Gpt2Source = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>The pattern of the words of CLIP.</summary>
    public const string ClipSource =
        @"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

    private const string Llama3Source =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string QwenSource =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>The pattern of white space.</summary>
    public const string WhiteSpaceSource = @"\s+";

    private const RegexOptions Options = RegexOptions.Multiline | RegexOptions.CultureInvariant;

    /// <summary>Returns the regular expression of a pattern, or <see langword="null"/> if it is not a common one.</summary>
    public static Regex? Find(string source) => source switch
    {
        Gpt2Source => Gpt2(),
        ClipSource => Clip(),
        Llama3Source => Llama3(),
        QwenSource => Qwen(),
        WhiteSpaceSource => WhiteSpace(),
        _ => null,
    };

    [GeneratedRegex(Gpt2Source, Options)]
    private static partial Regex Gpt2();

    [GeneratedRegex(ClipSource, Options)]
    private static partial Regex Clip();

    [GeneratedRegex(Llama3Source, Options)]
    private static partial Regex Llama3();

    [GeneratedRegex(QwenSource, Options)]
    private static partial Regex Qwen();

    [GeneratedRegex(WhiteSpaceSource, Options)]
    private static partial Regex WhiteSpace();
}
