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

    /// <summary>What the texts are, such as <c>query</c>, for a model whose router treats one kind otherwise than another; null where nobody says.</summary>
    public string? Route { get; init; }

    /// <summary><c>[images × 3 × height × width]</c> where the batch is one of images, whose sequences have no tokens; else null.</summary>
    public Tensor? Pixels { get; init; }

    /// <summary>Filled by a transformer with its embedding output and the output of each layer, each <c>[tokens × hidden]</c>; null where no module asks for them.</summary>
    public IList<Tensor>? HiddenStates { get; init; }

    /// <summary>How many elements of a sparse vector are asked for; null for what the model keeps.</summary>
    public int? MaxActiveDimensions { get; set; }

    /// <summary>The layer from token vectors to the logits of words, left to the pooling, where the model predicts words; else null.</summary>
    public Linear? WordLayer { get; set; }

    /// <summary><c>[tokens × hidden]</c>, once a transformer has run.</summary>
    public Tensor? TokenEmbeddings { get; set; }

    /// <summary>What the weights of each text's tokens add up to, one number a text, once the tokens have been weighted; null where all count alike.</summary>
    public IReadOnlyList<float>? TokenWeightSums { get; set; }

    /// <summary><c>[texts × dimension]</c>, once the tokens have been pooled.</summary>
    public Tensor? SentenceEmbeddings { get; set; }
}
