using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PostProcessors;

/// <summary>Applies post-processors one after another; at most one adds special tokens.</summary>
internal sealed class PostProcessorSequence(PostProcessor[] processors, PostProcessor template)
    : PostProcessor([.. template.Pieces(isPair: false)], [.. template.Pieces(isPair: true)])
{
    /// <summary>Reads a post-processor of type Sequence.</summary>
    public static new PostProcessorSequence Read(JsonSection json)
    {
        PostProcessor[] processors = [.. json.Parts("processors").Select(PostProcessor.Read)];
        var templates = processors.Where(processor => !processor.IsPlain).ToArray();
        return templates.Length <= 1
            ? new PostProcessorSequence(processors, templates is [var template] ? template : None)
            : throw json.Error($"{templates.Length} of its processors add special tokens, expected at most one");
    }

    /// <inheritdoc/>
    public override bool TrimsOffsets { get; } = processors.Any(processor => processor.TrimsOffsets);

    /// <inheritdoc/>
    public override void TrimOffset(ReadOnlySpan<char> token, bool isFirst, ref int start, ref int end)
    {
        foreach (var processor in processors)
        {
            if (processor.TrimsOffsets)
            {
                processor.TrimOffset(token, isFirst, ref start, ref end);
            }
        }
    }
}
