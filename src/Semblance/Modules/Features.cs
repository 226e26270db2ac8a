using Semblance.Tensors;

namespace Semblance.Modules;

/// <summary>What one batch has become so far on its way through the modules.</summary>
/// <param name="batch">The tokens.</param>
/// <param name="promptLength">How many tokens at the front of each text belong to the prompt, special ones included.</param>
public sealed class Features(PackedBatch batch, int promptLength = 0)
{
    /// <summary>The tokens.</summary>
    public PackedBatch Batch { get; } = batch;

    /// <summary>How many tokens at the front of each text belong to the prompt, special ones included.</summary>
    public int PromptLength { get; } = promptLength;

    /// <summary><c>[tokens × hidden]</c>, once a transformer has run.</summary>
    public Tensor? TokenEmbeddings { get; set; }

    /// <summary><c>[texts × dimension]</c>, once the tokens have been pooled.</summary>
    public Tensor? SentenceEmbeddings { get; set; }
}
