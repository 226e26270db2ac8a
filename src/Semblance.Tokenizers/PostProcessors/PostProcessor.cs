using Semblance.Files.Json;
using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PostProcessors;

/// <summary>
/// Represents a post-processor, which adds special tokens to a text or a pair. Implementations are thread-safe; a program can derive its
/// own and add it to <see cref="Types"/>.
/// </summary>
/// <param name="singlePieces">The parts of the result for one text.</param>
/// <param name="pairPieces">The parts of the result for a pair of texts.</param>
public class PostProcessor(TemplatePiece[] singlePieces, TemplatePiece[] pairPieces)
{
    /// <summary>Gets the types of post-processors, to which a program can add its own.</summary>
    public static ComponentTypes<PostProcessor> Types { get; } = new ComponentTypes<PostProcessor>()
        .Add("BertProcessing", BertProcessing.Read, "cls", "sep")
        .Add("ByteLevel", ByteLevelProcessing.Read, new KnownKeys().Supported("add_prefix_space", "trim_offsets").Ignored("use_regex"))
        .Add("RobertaProcessing", RobertaProcessing.Read, "add_prefix_space", "cls", "sep", "trim_offsets")
        .Add("Sequence", PostProcessorSequence.Read, "processors")
        .Add("TemplateProcessing", TemplateProcessing.Read, "pair", "single", "special_tokens");

    /// <summary>Gets the post-processor that adds no special tokens.</summary>
    public static PostProcessor None { get; } =
        new([TemplatePiece.Text(0, 0)], [TemplatePiece.Text(0, 0), TemplatePiece.Text(1, 1)]);

    /// <summary>Gets the id of the special token at the beginning of a text, or <see langword="null"/>.</summary>
    public int? FirstId => singlePieces is [{ SpecialId: >= 0 and var id }, ..] ? id : null;

    /// <summary>Gets the id of the special token at the end of a text, or <see langword="null"/>.</summary>
    public int? LastId => singlePieces is [.., { SpecialId: >= 0 and var id }] ? id : null;

    /// <summary>Gets the highest id of the special tokens, or -1.</summary>
    public int LargestId => singlePieces.Concat(pairPieces).Select(piece => piece.SpecialId).Append(-1).Max();

    /// <summary>Returns the parts of a result.</summary>
    /// <param name="isPair"><see langword="true"/> for a pair of texts; <see langword="false"/> for one text.</param>
    public ReadOnlySpan<TemplatePiece> Pieces(bool isPair) => isPair ? pairPieces : singlePieces;

    /// <summary>Returns the number of special tokens that are added.</summary>
    /// <param name="isPair"><see langword="true"/> for a pair of texts; <see langword="false"/> for one text.</param>
    public int AddedTokens(bool isPair)
    {
        var count = 0;
        foreach (var piece in Pieces(isPair))
        {
            count += piece.SpecialId >= 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>Gets a value that indicates whether no special tokens are added.</summary>
    public bool IsPlain => singlePieces.Length == 1 && pairPieces.Length == 2;

    /// <summary>Gets a value that indicates whether <see cref="TrimOffset"/> changes ranges; <see langword="false"/> by default.</summary>
    public virtual bool TrimsOffsets => false;

    /// <summary>Excludes the white space at the ends of a token from its range.</summary>
    /// <param name="token">The token.</param>
    /// <param name="isFirst"><see langword="true"/> for the first token of a text; otherwise, <see langword="false"/>.</param>
    /// <param name="start">The start of the range, which is changed.</param>
    /// <param name="end">The end of the range, which is changed.</param>
    public virtual void TrimOffset(ReadOnlySpan<char> token, bool isFirst, ref int start, ref int end)
    {
    }

    /// <summary>Makes a post-processor from a section of <c>tokenizer.json</c>.</summary>
    /// <param name="json">The section, with the <c>type</c> of the post-processor and its settings.</param>
    /// <exception cref="TokenizerFormatException">The type is missing or not supported, or a value is not valid.</exception>
    public static PostProcessor Read(JsonSection json) => Types.Read(json);
}
