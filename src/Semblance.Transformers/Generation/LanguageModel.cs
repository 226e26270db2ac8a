using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Generation;

/// <summary>
/// Represents a model that predicts the next token: a causal body with its head, or an encoder with a decoder. Immutable and thread-safe.
/// </summary>
public sealed class LanguageModel
{
    private readonly TaskHead? _head;
    private readonly Decoder? _decoder;

    private LanguageModel(TaskModel model, ComputeType compute)
    {
        Compute = compute;
        Body = model.Body;
        Warnings = model.Warnings;
        _head = model.Head;
        _decoder = model.Decoder;
    }

    /// <summary>Gets the transformer below the head, or the encoder.</summary>
    public Transformer Body { get; }

    /// <summary>Gets the number format of the products with weights.</summary>
    public ComputeType Compute { get; }

    /// <summary>Gets one sentence for each setting of <c>config.json</c> that is unknown or not applied.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>
    /// Gets a value that indicates whether the model has an encoder: it then generates a new text instead of continuing its input.
    /// </summary>
    public bool HasEncoder => _decoder is not null;

    /// <summary>Gets the vocabulary size: the number of token ids.</summary>
    public int VocabularySize => Body.VocabularySize;

    /// <summary>Gets the maximum sequence length in tokens, generated tokens included.</summary>
    public int MaxPositions => Body.MaxPositions;

    /// <summary>Loads a model folder.</summary>
    /// <param name="folder">A folder with <c>config.json</c> and weights.</param>
    /// <param name="compute">The number format of the products with weights; <see cref="ComputeType.Float32"/> by default.</param>
    /// <exception cref="FileNotFoundException">The configuration or the weights are missing.</exception>
    /// <exception cref="ModelFormatException">
    /// The model does not predict a next token or is unknown, or configuration and weights do not match.
    /// </exception>
    /// <exception cref="CheckpointFormatException">The weights cannot be read.</exception>
    public static LanguageModel Load(string folder, ComputeType compute = ComputeType.Float32)
    {
        var model = TaskModel.Load(folder);
        var config = model.Config;
        if (model.Task is not (TaskKind.CausalLanguageModel or TaskKind.ConditionalGeneration))
        {
            var found = config.Texts("architectures") is [var name, ..] ? $"names '{name}', which has" : "is missing, so the model has";
            throw config.Fault(
                "architectures",
                $"{found} no head that predicts the next token; those that do are GPT2LMHeadModel, T5ForConditionalGeneration and the "
                + "decoders' …ForCausalLM");
        }

        return model is { HasDecoder: false, Body.IsCausal: false }
            ? throw config.Fault(
                "model_type", $"is '{model.Body.ModelType}' with bidirectional attention, which cannot predict a next token")
            : Prepared(model, compute);
    }

    /// <summary>
    /// Creates a language model from a model with a decoder, whose parameters it shares; they can be trained between calls.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="compute">The number format of the products with weights; <see cref="ComputeType.Float32"/> by default.</param>
    /// <exception cref="ArgumentException">The model has no decoder.</exception>
    public static LanguageModel Of(TaskModel model, ComputeType compute = ComputeType.Float32)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.HasDecoder ? new LanguageModel(model, compute) : throw new ArgumentException(
            $"The model '{model.Architecture}' has no decoder.", nameof(model));
    }

    /// <summary>Begins the generation of a sequence.</summary>
    /// <param name="source">The tokens for the encoder; none if the model has no encoder.</param>
    /// <param name="maxThreads">The maximum number of threads of the encoder.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The state before the first token.</returns>
    /// <exception cref="ArgumentException">
    /// There is a source without an encoder, or an encoder without a source, or a token id is unknown.
    /// </exception>
    public Decoding Begin(ReadOnlySpan<int> source = default, int maxThreads = int.MaxValue, CancellationToken cancellationToken = default)
    {
        if (_decoder is null)
        {
            return source.Length == 0
                ? new Decoding(this, null)
                : throw new ArgumentException("The model has no encoder for a source.", nameof(source));
        }

        if (source.Length == 0)
        {
            throw new ArgumentException("The encoder needs at least one token.", nameof(source));
        }

        using var run = new Computation(maxThreads, compute: Compute, cancellationToken: cancellationToken);
        var batch = PackedBatch.From([source.ToArray()]);
        var states = Body.Forward(run, batch);
        return new Decoding(this, new EncodedSource(batch, Tensor.From(states.Values, states.Shape), keepsProjections: true));
    }

    private static LanguageModel Prepared(TaskModel model, ComputeType compute)
    {
        model.Prepare(compute);
        return new LanguageModel(model, compute);
    }

    // Returns [tokens × hidden].
    internal Tensor Hidden(Computation run, PackedBatch batch, EncodedSource? source) =>
        source is null ? Body.Forward(run, batch) : _decoder!.Forward(run, batch, source);

    // hidden: [rows × hidden]; returns [rows × vocabulary].
    internal Tensor Logits(Computation run, Tensor hidden, PackedBatch batch) =>
        _decoder?.Logits(run, hidden) ?? _head!.Forward(run, hidden, batch);
}
