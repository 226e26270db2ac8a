using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers;

/// <summary>
/// Represents a decoder: causal layers that also attend to the states of an encoder, and a head that predicts the next token. Immutable and
/// thread-safe.
/// </summary>
public sealed class Decoder
{
    private readonly ModelParameters _head;

    /// <summary>Initializes a new instance of the <see cref="Decoder"/> class from its body and head.</summary>
    /// <param name="body">The layers, which attend to <see cref="AttentionContext.Source"/>.</param>
    /// <param name="head">The head over the vocabulary.</param>
    /// <param name="headParameters">The builder that the head was taken from.</param>
    public Decoder(Transformer body, VocabularyHead head, ModelParameters headParameters)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(headParameters);
        (Body, Head, _head) = (body, head, headParameters);
    }

    /// <summary>Gets the layers.</summary>
    public Transformer Body { get; }

    /// <summary>Gets the head.</summary>
    public VocabularyHead Head { get; }

    /// <summary>Gets the architectures that <see cref="FromEncoder"/> supports.</summary>
    public static IReadOnlyList<string> EncoderArchitectures =>
        [.. Architectures.All.Where(known => known.CreateDecoder is not null).Select(known => known.ModelType)];

    /// <summary>
    /// Creates a decoder from an encoder's parameters, as transformers' <c>AutoModelForCausalLM</c> does with <c>is_decoder</c> and
    /// <c>add_cross_attention</c>. The last layer of its head is the table of word embeddings.
    /// </summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="tied">
    /// <see langword="true"/> if encoder and decoder share parameters, so that training one trains the other; <see langword="false"/> if
    /// the decoder starts with copies. <see langword="true"/> by default, as <c>tie_encoder_decoder</c> of sentence-transformers.
    /// Cross-attention and head are never shared.
    /// </param>
    /// <param name="initial">
    /// A checkpoint with cross-attention and head, such as the masked language model that the encoder came from; missing parameters are
    /// randomly initialized.
    /// </param>
    /// <param name="seed">The random seed.</param>
    /// <exception cref="ArgumentException">The original has no decoder of the encoder's architecture.</exception>
    /// <exception cref="ModelFormatException">
    /// A parameter of <paramref name="initial"/> has another shape than the encoder requires.
    /// </exception>
    public static Decoder FromEncoder(Transformer encoder, bool tied = true, Checkpoint? initial = null, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        var architecture = encoder.Architecture;
        var create = architecture.CreateDecoder ?? throw new ArgumentException(
            $"The architecture '{encoder.ModelType}' has no decoder with cross-attention; those that have one are "
            + $"{string.Join(", ", EncoderArchitectures)}. Pass a decoder instead.", nameof(encoder));
        var random = new RandomWeights(seed);
        IReadOnlyList<Weights> sources =
        [
            new TensorWeights(encoder.Parameters(), tied),
            .. initial is null ? Array.Empty<Weights>() : [new CheckpointWeights(initial, architecture.Prefix, writable: true)],
            random,
        ];
        return Create(create, encoder.Configuration, new LayeredWeights(sources));
    }

    /// <summary>Loads a decoder from a configuration and its weights.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="checkpoint">The weights, under the names of the original, such as <c>BertLMHeadModel</c>.</param>
    /// <param name="trainable">
    /// <see langword="true"/> to copy the parameters into memory that training can change. <see langword="false"/> by default.
    /// </param>
    /// <exception cref="ModelFormatException">
    /// Configuration and weights do not match, or the original has no decoder of this architecture.
    /// </exception>
    public static Decoder Load(ConfigurationFile configuration, Checkpoint checkpoint, bool trainable = false)
    {
        var architecture = Architectures.Of(configuration);
        return architecture.CreateDecoder is { } create
            ? Create(create, configuration, new CheckpointWeights(checkpoint, architecture.Prefix, trainable))
            : throw configuration.Fault(
                "model_type",
                $"is '{architecture.ModelType}', which has no decoder with cross-attention; those that have one are "
                + string.Join(", ", EncoderArchitectures));
    }

    /// <summary>Computes the last hidden states of a batch, from which the next tokens are predicted.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="batch">The tokens so far.</param>
    /// <param name="states"><c>[encoder tokens × hidden]</c>, the states that cross-attention attends to.</param>
    /// <param name="encoderBatch">
    /// The offsets of each sequence's states; <see langword="null"/> if each sequence has one state, such as its sentence embedding.
    /// </param>
    /// <param name="hiddenStates">Receives the output of the embeddings and of each layer, unless <see langword="null"/>.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    /// <exception cref="ArgumentException">
    /// The states do not match the batch, or a token id, type or position is outside the model's tables.
    /// </exception>
    public Tensor Forward(
        Computation run, PackedBatch batch, Tensor states, PackedBatch? encoderBatch = null, IList<Tensor>? hiddenStates = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(states);
        encoderBatch ??= PackedBatch.From([.. Enumerable.Repeat(new int[1], batch.Count)]);
        return states.Rows == encoderBatch.TokenCount && states.Columns == Body.HiddenSize
            ? Forward(run, batch, new EncodedSource(encoderBatch, states), hiddenStates)
            : throw new ArgumentException(
                $"The decoder needs encoder states of [{encoderBatch.TokenCount} × {Body.HiddenSize}], not {states}.", nameof(states));
    }

    /// <summary>Computes the last hidden states of a batch over a source.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="batch">The tokens; with caches, the tokens that follow the cached ones.</param>
    /// <param name="source">The states of the encoder.</param>
    /// <param name="hiddenStates">Receives the output of the embeddings and of each layer, unless <see langword="null"/>.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    public Tensor Forward(Computation run, PackedBatch batch, EncodedSource source, IList<Tensor>? hiddenStates = null) =>
        Body.Forward(run, batch, source, hiddenStates);

    /// <summary>Computes the scores of the vocabulary as the next token, before softmax.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="hidden">
    /// <c>[tokens × hidden]</c>, from <see cref="Forward(Computation, PackedBatch, Tensor, PackedBatch?, IList{Tensor}?)"/>.
    /// </param>
    /// <returns><c>[tokens × vocabulary]</c>.</returns>
    public Tensor Logits(Computation run, Tensor hidden) => Head.Logits(run, hidden);

    /// <summary>Returns all parameters under the names of the original, those shared with an encoder among them.</summary>
    public IEnumerable<Parameter> Parameters() =>
    [
        .. Body.Parameters().Select(parameter => parameter with { Name = Body.Architecture.Prefix + parameter.Name }),
        .. _head.All.OrderByDescending(parameter => parameter.Value == Head.Decoder.Bias), // first, as the original lists it
    ];

    // A decoder has no optional layers: neither a pooler nor a vocabulary matrix of the head.
    private static Decoder Create(
        Func<ConfigurationFile, ModelParameters, Decoder> create, ConfigurationFile configuration, Weights weights)
    {
        var decoder = create(configuration, new ModelParameters(weights, optional: false));
        weights.Check();
        return decoder;
    }
}
