using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.T5;

/// <summary>
/// Represents the encoder of T5 (Raffel et al. 2020, arXiv:1910.10683), with relative positions, unscaled attention, norms before each
/// block and no biases; and, as the body of a <see cref="Decoder"/>, its decoder. Names of settings and parameters are those of
/// transformers' <c>T5ForConditionalGeneration</c>.
/// </summary>
public sealed class T5Model : Transformer
{
    private const string SharedName = "shared";
    private const string EncoderName = "encoder.embed_tokens"; // for files that have only the encoder's table

    private readonly EmbeddingTable _bias; // [buckets × heads]
    private readonly RmsNorm _norm;

    private T5Model(ConfigurationFile configuration, ModelParameters own, T5Config config, EmbeddingTable words, bool decoder)
        : base(configuration, own)
    {
        Config = config;
        IsCausal = decoder;
        WordEmbeddings = words;
        var name = decoder ? "decoder" : "encoder";
        string[] blocks = [.. Enumerable.Range(0, decoder ? config.NumDecoderLayers : config.NumLayers)
            .Select(i => $"{name}.block.{i}.layer.")];
        T5Attention[] attentions = [.. blocks.Select(block => new T5Attention(config, own, block + "0", "SelfAttention"))];
        T5Attention[] crossAttentions = decoder
            ? [.. blocks.Select(block => new T5Attention(config, own, block + "1", "EncDecAttention"))]
            : [];
        T5FeedForward[] feedForwards = [.. blocks.Select(block => new T5FeedForward(config, own, block + (decoder ? "2" : "1")))];
        Blocks = [.. blocks.Select((_, i) => new T5Layer(i, attentions[i], crossAttentions.ElementAtOrDefault(i), feedForwards[i]))];
        _bias = own.Embedding(
            name + ".block.0.layer.0.SelfAttention.relative_attention_bias", config.RelativeAttentionNumBuckets, config.NumHeads);
        _norm = own.RmsNorm(name + ".final_layer_norm", config.DModel, config.LayerNormEpsilon);
    }

    /// <summary>Gets the descriptor of the architecture.</summary>
    public static Architecture Descriptor { get; } = new("t5", "", Create)
    {
        Classes =
        [
            new("T5EncoderModel"), new("T5ForConditionalGeneration", TaskKind.ConditionalGeneration) { CreateDecoder = CreateDecoder },
        ],
        InitialDeviation = InitialDeviation,
        Tokenizer = new(TokenizerKind.Unigram, ["<pad>", "</s>", "<unk>"], "<pad>") { Last = "</s>", Unknown = "<unk>" },
        NewConfiguration = sizes => NewConfiguration.Common(
            sizes, "T5EncoderModel", ("d_model", sizes.HiddenSize), ("num_layers", sizes.NumHiddenLayers),
            ("num_heads", sizes.NumAttentionHeads),
            ("d_kv", sizes.HiddenSize / sizes.NumAttentionHeads), ("d_ff", sizes.FeedForwardSize),
            ("dropout_rate", NewConfiguration.Number(sizes.Dropout)), ("feed_forward_proj", "relu"),
            ("layer_norm_epsilon", 1e-6), ("relative_attention_num_buckets", 32), ("relative_attention_max_distance", 128),
            ("decoder_start_token_id", sizes.PadTokenId),
            ("is_encoder_decoder", true)),
    };

    /// <summary>Gets the settings.</summary>
    public T5Config Config { get; }

    /// <inheritdoc/>
    public override int HiddenSize => Config.DModel;

    /// <inheritdoc/>
    public override int VocabularySize => Config.VocabSize;

    /// <summary>Gets the largest integer: positions are relative, so the length is not limited.</summary>
    public override int MaxPositions => int.MaxValue;

    /// <summary>Gets the table of word embeddings, <c>[vocabulary × width]</c>, which encoder and decoder share.</summary>
    public override EmbeddingTable WordEmbeddings { get; }

    /// <inheritdoc/>
    public override bool IsCausal { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<TransformerLayer> Blocks { get; }

    /// <inheritdoc/>
    protected override Tensor Embed(Computation run, PackedBatch batch) =>
        run.DropoutInPlace(run.Embed(batch, WordEmbeddings), Config.DropoutRate);

    /// <inheritdoc/>
    protected override AttentionContext Share(Computation run, PackedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return base.Share(run, batch) with
        {
            Bias = RelativeBuckets.Bias(
                run, _bias, batch.Reach, distance =>
                    RelativeBuckets.Of(distance, _bias.Rows, Config.RelativeAttentionMaxDistance, bidirectional: !IsCausal)),
        };
    }

    /// <inheritdoc/>
    protected override Tensor Finish(Computation run, Tensor hidden) => run.DropoutInPlace(run.RmsNorm(hidden, _norm), Config.DropoutRate);

    // As in the original, whose attention is not scaled.
    private static Func<string, double> InitialDeviation(ConfigurationFile configuration)
    {
        var config = T5Config.Read(configuration);
        var factor = configuration.Number("initializer_factor", 1);
        return name => factor / Math.Sqrt(name.Split('.')[^2] switch
        {
            "q" => config.DModel * config.DKv,
            "o" => config.NumHeads * config.DKv,
            "wo" => config.DFf,
            "k" or "v" or "relative_attention_bias" or "wi" or "wi_0" or "wi_1" => config.DModel,
            _ => 1, // embeddings and a head of its own
        });
    }

    private static T5Model Create(ConfigurationFile configuration, ModelParameters own)
    {
        var config = T5Config.Read(configuration);
        var words = own.Embedding(
            !own.Contains(SharedName + ".weight") && own.Contains(EncoderName + ".weight") ? EncoderName : SharedName,
            config.VocabSize,
            config.DModel);
        return new T5Model(configuration, own, config, words, decoder: false);
    }

    private static Decoder CreateDecoder(Transformer encoder, ConfigurationFile configuration, ModelParameters own)
    {
        var config = ((T5Model)encoder).Config;
        var body = new T5Model(encoder.Configuration, own.Group(), config, encoder.WordEmbeddings, decoder: true);

        // Newer files of T5 1.1 state that the head is tied, but not scaled.
        const string HeadName = "lm_head.weight";
        var headParameters = own.Group();
        var ownsHead = !config.TieWordEmbeddings || (!config.ScaleDecoderOutputs && own.Contains(HeadName));
        var head = new Linear(ownsHead ? headParameters.Tensor(HeadName, config.VocabSize, config.DModel) : encoder.WordEmbeddings.Weight, null);
        own.OnPrepare(head.Prepare);
        return new Decoder(body, new T5Head(head, config.ScaleDecoderOutputs ? 1 / MathF.Sqrt(config.DModel) : 1), headParameters);
    }
}
