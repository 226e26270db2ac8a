using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PostProcessors;

/// <summary>Adds no special tokens; can exclude the white space in tokens from their ranges.</summary>
internal sealed class ByteLevelProcessing(bool trimOffsets, bool addPrefixSpace)
    : PostProcessor([TemplatePiece.Text(0, 0)], [TemplatePiece.Text(0, 0), TemplatePiece.Text(1, 1)])
{
    /// <summary>Reads a post-processor of type ByteLevel.</summary>
    public static new ByteLevelProcessing Read(JsonSection json) => new(json.Flag("trim_offsets", true), json.Flag("add_prefix_space", true));

    /// <inheritdoc/>
    public override bool TrimsOffsets => trimOffsets;

    /// <inheritdoc/>
    public override void TrimOffset(ReadOnlySpan<char> token, bool isFirst, ref int start, ref int end) =>
        TrimOffset(token, isFirst, addPrefixSpace, ref start, ref end);

    /// <summary>Excludes white space from the range of a token, except the space that was added before the text.</summary>
    public static void TrimOffset(ReadOnlySpan<char> token, bool isFirst, bool addPrefixSpace, ref int start, ref int end)
    {
        int leading = 0, trailing = 0;
        while (leading < token.Length && IsSpace(token[leading]))
        {
            leading++;
        }

        while (trailing < token.Length && IsSpace(token[^(trailing + 1)]))
        {
            trailing++;
        }

        if (leading == 1 && addPrefixSpace && (isFirst || start == 0))
        {
            leading = 0;
        }

        start = Math.Min(start + leading, end);
        end = trailing > end ? end : Math.Max(end - trailing, start);
    }

    /// <summary>Returns whether a character is white space, or the character of a space in byte-level vocabularies.</summary>
    private static bool IsSpace(char character) => character == 'Ġ' || char.IsWhiteSpace(character);
}
