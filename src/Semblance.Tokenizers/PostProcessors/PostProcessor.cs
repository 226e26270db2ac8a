using Semblance.Files.Json;
using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PostProcessors;

/// <summary>Puts the special tokens around a text or a pair: the last component of the pipeline.</summary>
public class PostProcessor(TemplatePiece[] single, TemplatePiece[] pair)
{
    /// <summary>Gets the types of post-processors, to which a program can add its own.</summary>
    public static ComponentTypes<PostProcessor> Types { get; } = new ComponentTypes<PostProcessor>()
        .Add("BertProcessing", BertProcessing.Read, "cls", "sep")
        .Add("ByteLevel", ByteLevelProcessing.Read, new KnownKeys().Honoured("add_prefix_space", "trim_offsets").Ignored("use_regex"))
        .Add("RobertaProcessing", RobertaProcessing.Read, "add_prefix_space", "cls", "sep", "trim_offsets")
        .Add("Sequence", PostProcessorSequence.Read, "processors")
        .Add("TemplateProcessing", TemplateProcessing.Read, "pair", "single", "special_tokens");

    /// <summary>The post-processor of a tokenizer that has none: the texts alone.</summary>
    public static PostProcessor None { get; } =
        new([TemplatePiece.Text(0, 0)], [TemplatePiece.Text(0, 0), TemplatePiece.Text(1, 1)]);

    /// <summary>The special token that a text begins with, or null.</summary>
    public int? FirstId => single is [{ SpecialId: >= 0 and var id }, ..] ? id : null;

    /// <summary>The special token that a text ends with, or null.</summary>
    public int? LastId => single is [.., { SpecialId: >= 0 and var id }] ? id : null;

    /// <summary>The highest id of the special tokens, or -1.</summary>
    public int LargestId => single.Concat(pair).Select(piece => piece.SpecialId).Append(-1).Max();

    /// <summary>The parts of a result.</summary>
    public ReadOnlySpan<TemplatePiece> Pieces(bool isPair) => isPair ? pair : single;

    /// <summary>The number of special tokens that are added.</summary>
    public int AddedTokens(bool isPair)
    {
        var count = 0;
        foreach (var piece in Pieces(isPair))
        {
            count += piece.SpecialId >= 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>True if it puts nothing around a text.</summary>
    public bool IsPlain => single.Length == 1 && pair.Length == 2;

    /// <summary>True if white space in tokens is to be left out of their ranges.</summary>
    public virtual bool TrimsOffsets => false;

    /// <summary>Leaves white space that a token has at its ends out of its range.</summary>
    public virtual void TrimOffset(ReadOnlySpan<char> token, bool isFirst, ref int start, ref int end)
    {
    }

    /// <summary>Makes a post-processor from a section of <c>tokenizer.json</c>.</summary>
    /// <param name="json">The section, with the <c>type</c> of the post-processor and its settings.</param>
    /// <exception cref="TokenizerFormatException">The type is missing or not supported, or a value is not valid.</exception>
    public static PostProcessor Read(JsonSection json) => Types.Read(json);
}
