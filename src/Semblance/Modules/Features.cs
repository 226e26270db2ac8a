using Semblance.Tensors;

namespace Semblance.Modules;

/// <summary>Represents the features of one batch, which each module reads and extends.</summary>
/// <param name="batch">The tokens.</param>
/// <param name="promptLength">The number of first tokens of each text that belong to the prompt, special tokens included.</param>
public sealed class Features(PackedBatch batch, int promptLength = 0)
{
    /// <summary>Gets the tokens; after the transformer, with the virtual tokens of an adapter.</summary>
    public PackedBatch Batch { get; internal set; } = batch;

    /// <summary>Gets the number of first tokens of each text that belong to the prompt, special tokens included.</summary>
    public int PromptLength { get; } = promptLength;

    /// <summary>Gets the route of the texts, such as <c>query</c>, for a model with a router; null if it is not specified.</summary>
    public string? Route { get; init; }

    /// <summary>
    /// Gets the pixel values, <c>[images × 3 × height × width]</c>, of a batch of images, whose sequences have no tokens; otherwise, null.
    /// </summary>
    public Tensor? Pixels { get; init; }

    /// <summary>
    /// Gets the list that a transformer fills with its embedding output and the output of each layer, each <c>[tokens × hidden size]</c>;
    /// null if no module needs them.
    /// </summary>
    public IList<Tensor>? HiddenStates { get; init; }

    /// <summary>Gets or sets the maximum number of nonzero elements of a sparse vector; null for the model's own.</summary>
    public int? MaxActiveDimensions { get; set; }

    /// <summary>
    /// Gets or sets the layer from token vectors to vocabulary logits, which runs in the pooling of a masked language model; otherwise,
    /// null.
    /// </summary>
    public Linear? WordLayer { get; set; }

    /// <summary>Gets or sets the token vectors, <c>[tokens × hidden size]</c>, which a transformer computes.</summary>
    public Tensor? TokenEmbeddings { get; set; }

    /// <summary>
    /// Gets or sets the sum of the token weights of each text, after the tokens have been weighted; null if all weights are 1.
    /// </summary>
    public IReadOnlyList<float>? TokenWeightSums { get; set; }

    /// <summary>
    /// Gets or sets what a sparse auto-encoder reconstructs of the dense vectors, in a computation that records; otherwise, null.
    /// </summary>
    public SparseReconstruction? Reconstruction { get; set; }

    /// <summary>Gets or sets the sentence vectors, <c>[texts × dimension]</c>, which a pooling computes.</summary>
    public Tensor? SentenceEmbeddings { get; set; }
}
