using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Generation;

/// <summary>A model that predicts the next token: a causal body with its head, or an encoder with a decoder. Immutable, and safe for all threads.</summary>
public sealed class LanguageModel
{
    private readonly TaskHead? _head;
    private readonly Decoder? _decoder;

    private LanguageModel(TaskModel model)
    {
        Body = model.Body;
        Warnings = model.Warnings;
        _head = model.Head;
        _decoder = model.Decoder;
    }

    /// <summary>The transformer below the head, or the encoder.</summary>
    public Transformer Body { get; }

    /// <summary>Gets what <c>config.json</c> says that is not known or not applied, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Whether a text goes through an encoder first, so that what is predicted is a text of its own and does not go on with it.</summary>
    public bool HasEncoder => _decoder is not null;

    /// <summary>The number of token ids.</summary>
    public int VocabularySize => Body.VocabularySize;

    /// <summary>The longest sequence of tokens, those that are predicted included.</summary>
    public int MaxPositions => Body.MaxPositions;

    /// <summary>Loads a model folder.</summary>
    /// <param name="folder">A folder with <c>config.json</c> and weights.</param>
    /// <exception cref="FileNotFoundException">The configuration or the weights are missing.</exception>
    /// <exception cref="ModelFormatException">The model does not predict a next token, is unknown, or configuration and weights do not fit.</exception>
    /// <exception cref="CheckpointFormatException">The weights cannot be read.</exception>
    public static LanguageModel Load(string folder)
    {
        var model = TaskModel.Load(folder);
        var config = model.Config;
        if (model.Task is not (TaskKind.CausalLanguageModel or TaskKind.ConditionalGeneration))
        {
            var found = config.Texts("architectures") is [var name, ..] ? $"names '{name}', which has" : "is missing, so that the model has";
            throw config.Fault("architectures", $"{found} no head that predicts the next token; those that do are GPT2LMHeadModel, T5ForConditionalGeneration and the decoders' …ForCausalLM");
        }

        return model is { HasDecoder: false, Body.IsCausal: false }
            ? throw config.Fault("model_type", $"is '{model.Body.ModelType}' with attention in both directions, which cannot predict a next token")
            : new LanguageModel(model);
    }

    /// <summary>Begins a sequence.</summary>
    /// <param name="source">The tokens for the encoder; of none where the model has no encoder.</param>
    /// <param name="maxThreads">The most threads that the encoder may use.</param>
    /// <param name="cancellationToken">Stops the encoder.</param>
    /// <returns>The sequence before its first token.</returns>
    /// <exception cref="ArgumentException">There is a source but no encoder, or the other way round, or a token id is unknown.</exception>
    public Decoding Begin(ReadOnlySpan<int> source = default, int maxThreads = int.MaxValue, CancellationToken cancellationToken = default)
    {
        if (_decoder is null)
        {
            return source.Length == 0 ? new Decoding(this, null) : throw new ArgumentException("The model has no encoder for a source.", nameof(source));
        }

        if (source.Length == 0)
        {
            throw new ArgumentException("The encoder needs at least one token.", nameof(source));
        }

        using var run = new Computation(maxThreads, cancellationToken: cancellationToken);
        var batch = PackedBatch.From([source.ToArray()]);
        var states = Body.Forward(run, batch);
        return new Decoding(this, new EncodedSource(batch, Tensor.From(states.Values, states.Shape), keepsProjections: true));
    }

    // [tokens × hidden].
    internal Tensor Hidden(Computation run, PackedBatch batch, EncodedSource? source) =>
        source is null ? Body.Forward(run, batch) : _decoder!.Forward(run, batch, source);

    // hidden: [rows × hidden]; [rows × vocabulary].
    internal Tensor Logits(Computation run, Tensor hidden, PackedBatch batch) => _decoder?.Logits(run, hidden) ?? _head!.Forward(run, hidden, batch);
}
