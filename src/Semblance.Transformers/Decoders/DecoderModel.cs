using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Decoders;

/// <summary>
/// The Llama family (Touvron et al. 2023, arXiv:2302.13971): Llama, Mistral, Qwen2, Qwen3, Gemma and the text part of Gemma 3. Rotary positions,
/// key heads shared in groups, root-mean-square norms and gated activations; causal unless the configuration says that attention goes both ways,
/// as models made for embedding may. Parameter names are those of transformers.
/// </summary>
public sealed class DecoderModel : LayeredTransformer
{
    private readonly DecoderConfig _config;
    private readonly DecoderLayer[] _layers;
    private readonly RmsNorm _norm;

    internal DecoderModel(ConfigurationFile config, Weights weights)
        : base(config, weights)
    {
        _config = new DecoderConfig(config);
        Words = Own.Tensor("embed_tokens.weight", _config.VocabularySize, _config.HiddenSize);
        _layers = [.. Enumerable.Range(0, _config.LayerCount).Select(i => new DecoderLayer(_config, Own, i))];
        _norm = Own.RmsNorm("norm", _config.HiddenSize, _config.Epsilon, _config.NormOffset);
    }

    /// <inheritdoc/>
    public override int HiddenSize => _config.HiddenSize;

    /// <inheritdoc/>
    public override int VocabularySize => _config.VocabularySize;

    /// <inheritdoc/>
    public override int MaxPositions => _config.MaxPositions;

    internal override Tensor Words { get; }

    internal override bool IsCausal => _config.IsCausal;

    private protected override IReadOnlyList<TransformerLayer> Layers => _layers;

    internal override IReadOnlyDictionary<string, Func<ConfigurationFile, Weights, TaskHead>?> Heads
    {
        get
        {
            var name = ModelType switch { "llama" => "Llama", "mistral" => "Mistral", "qwen2" => "Qwen2", "qwen3" => "Qwen3", "gemma" => "Gemma", _ => "Gemma3" };
            return new Dictionary<string, Func<ConfigurationFile, Weights, TaskHead>?>
            {
                [ModelType == "gemma3_text" ? "Gemma3TextModel" : name + "Model"] = null,
                [name + "ForCausalLM"] = CreateWordPredictor,
                [(ModelType == "gemma3_text" ? "Gemma3Text" : name) + "ForSequenceClassification"] = (config, weights) => LastTokenClassificationHead.Create(config, weights, HiddenSize),
            };
        }
    }

    private WordPredictionHead CreateWordPredictor(ConfigurationFile config, Weights weights) => config.Find("final_logit_softcapping") is null
        ? new WordPredictionHead(WordPredictor(config, weights, "lm_head.weight", tied: _config.IsGemma))
        : throw config.Fault("final_logit_softcapping", "is set; logits that are capped are not supported");

    private protected override Tensor Embed(Computation run, PackedBatch batch)
    {
        var embedded = run.Embed(batch, Words); // [tokens × hidden]
        if (_config.EmbeddingScale == 1)
        {
            return embedded;
        }

        using (embedded)
        {
            return run.Scale(embedded, _config.EmbeddingScale);
        }
    }

    private protected override Tensor Finish(Computation run, Tensor hidden) => run.RmsNorm(hidden, _norm);
}
