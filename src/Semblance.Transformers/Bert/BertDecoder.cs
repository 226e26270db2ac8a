using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;

namespace Semblance.Transformers.Bert;

/// <summary>
/// BERT as a decoder: causal attention, cross-attention to the states of an encoder, and a head that predicts the next token, as
/// transformers' <c>BertLMHeadModel</c> with <c>is_decoder</c> and <c>add_cross_attention</c>. The head's last layer is the word table.
/// </summary>
public sealed class BertDecoder
{
    private const string Prefix = "bert.";
    private const string Head = "cls.predictions.";

    private static readonly KnownKeys Keys = BertConfig.Keys.Ignored("add_cross_attention", "is_causal", "tie_encoder_decoder").With(CommonKeys.All);

    private readonly BertEmbeddings _embeddings;
    private readonly BertLayer[] _layers;
    private readonly Linear _transform;
    private readonly LayerNorm _transformNorm;
    private readonly Linear _words;

    private BertDecoder(BertConfig config, Weights weights)
    {
        Config = config;
        var hidden = config.HiddenSize;
        _embeddings = new BertEmbeddings(config, weights, config.HiddenSize);
        _layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => new BertLayer(config, weights, $"encoder.layer.{i}", BertLayerNames.Bert, crossAttention: true))];
        _transform = weights.Linear(Head + "transform.dense", hidden, hidden);
        _transformNorm = weights.LayerNorm(Head + "transform.LayerNorm", hidden, config.LayerNormEps);
        var bias = weights.Tensor(Head + "bias", config.VocabSize);
        weights.Check();
        _words = new Linear(_embeddings.Words, bias);
    }

    /// <summary>The settings.</summary>
    public BertConfig Config { get; }

    /// <summary>Makes a decoder of an encoder's parameters.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="tied">
    /// Shares the encoder's parameters, so that training one trains the other; true by default, as <c>tie_encoder_decoder</c> of
    /// sentence-transformers. Otherwise the decoder starts with copies. Cross-attention and head are always its own.
    /// </param>
    /// <param name="initial">Where cross-attention and head are looked for, such as the masked-language model that the encoder came from; what it lacks starts by chance.</param>
    /// <param name="seed">Where chance begins.</param>
    /// <exception cref="ModelFormatException">A parameter of <paramref name="initial"/> has another shape than the encoder asks for.</exception>
    public static BertDecoder FromEncoder(BertModel encoder, bool tied = true, Checkpoint? initial = null, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        var own = new TensorWeights(encoder.Parameters(), tied);
        var random = new RandomWeights(seed);
        return new BertDecoder(encoder.Config, initial is null ? new LayeredWeights(own, random) : new LayeredWeights(own, new CheckpointWeights(initial, Prefix, writable: true), random));
    }

    /// <summary>Loads a decoder from a configuration and its weights.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="checkpoint">The weights, under the names of <c>BertLMHeadModel</c>.</param>
    /// <param name="trainable">Copies the parameters into memory that training can change.</param>
    /// <exception cref="ModelFormatException">They do not fit together.</exception>
    public static BertDecoder Load(ConfigurationFile config, Checkpoint checkpoint, bool trainable = false) =>
        new(BertConfig.Read((config ?? throw new ArgumentNullException(nameof(config))).Check(Keys), new BertConfig(), decoder: true), new CheckpointWeights(checkpoint, Prefix, trainable));

    /// <summary>The last hidden states of a batch: at each token, what the decoder knows of the next.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="batch">The tokens so far.</param>
    /// <param name="states"><c>[encoder tokens × hidden]</c>, what cross-attention looks at.</param>
    /// <param name="encoderBatch">Where the states of each sequence lie; null where each sequence has one, such as its sentence vector.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    /// <exception cref="ArgumentException">The states do not fit the batch, or a token id, type or position is outside the model's tables.</exception>
    public Tensor Forward(Computation run, PackedBatch batch, Tensor states, PackedBatch? encoderBatch = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(states);
        encoderBatch ??= PackedBatch.From([.. Enumerable.Repeat(new int[1], batch.Count)]);
        if (states.Rows != encoderBatch.TokenCount || states.Columns != Config.HiddenSize)
        {
            throw new ArgumentException($"The decoder wants encoder states of [{encoderBatch.TokenCount} × {Config.HiddenSize}], not {states}.", nameof(states));
        }

        var attention = new AttentionContext(new AttentionMask(batch, causal: true));
        var cross = new AttentionContext(new AttentionMask(batch, encoderBatch));
        var hidden = _embeddings.Forward(run, batch);
        foreach (var layer in _layers)
        {
            var next = layer.Forward(run, hidden, attention, states, cross);
            hidden.Dispose();
            hidden = next;
        }

        return hidden;
    }

    /// <summary>The scores of every word as the next token, before softmax.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="hidden"><c>[tokens × hidden]</c>, from <see cref="Forward"/>.</param>
    /// <returns><c>[tokens × vocabulary]</c>.</returns>
    public Tensor Logits(Computation run, Tensor hidden)
    {
        using var transformed = run.Linear(hidden, _transform, Config.HiddenAct); // [tokens × hidden]
        using var normed = run.LayerNorm(transformed, _transformNorm);
        return run.Linear(normed, _words);
    }

    /// <summary>All parameters under the names of <c>BertLMHeadModel</c>, those shared with an encoder among them.</summary>
    public IEnumerable<Parameter> Parameters() =>
    [
        .. _embeddings.Parameters().Concat(_layers.SelectMany(layer => layer.Parameters())).Select(parameter => new Parameter(Prefix + parameter.Name, parameter.Value)),
        new(Head + "bias", _words.Bias!),
        .. _transform.Parameters(Head + "transform.dense"),
        .. _transformNorm.Parameters(Head + "transform.LayerNorm"),
    ];
}
