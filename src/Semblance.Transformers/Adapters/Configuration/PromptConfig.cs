using System.Text.Json.Nodes;
using Semblance.Files.Json;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the settings of prompt tuning (Lester et al. 2021, arXiv:2104.08691) and of P-tuning (Liu et al. 2021, arXiv:2103.10385): the
/// vectors of virtual tokens before each text are trained, in P-tuning as the outputs of a small network.
/// </summary>
public sealed record PromptConfig : AdapterConfig
{
    internal const string TypeName = "PROMPT_TUNING";
    internal const string EncodedTypeName = "P_TUNING";

    private const string Random = "RANDOM";
    private const string SampleVocabulary = "SAMPLE_VOCAB";

    /// <summary>Gets the number of virtual tokens; 20 by default.</summary>
    public int VirtualTokens { get; init; } = 20;

    /// <summary>
    /// Gets a value that indicates whether the vectors begin as those of random tokens of the vocabulary; otherwise,
    /// <see langword="false"/>, the default, as normally distributed numbers. P-tuning ignores it.
    /// </summary>
    public bool SamplesVocabulary { get; init; }

    /// <summary>
    /// Gets the width of the network of P-tuning, of which only the outputs are saved; <see langword="null"/>, the default, for prompt
    /// tuning.
    /// </summary>
    public int? EncoderSize { get; init; }

    /// <inheritdoc/>
    public override string PeftType => EncoderSize is null ? TypeName : EncodedTypeName;

    /// <inheritdoc/>
    public override bool CanMerge => false;

    /// <summary>Gets the sizes of the model that PEFT stores: width, layers and heads.</summary>
    internal (int Width, int Layers, int Heads) Sizes { get; init; }

    internal static KnownKeys Keys => new KnownKeys()
        .Supported("encoder_hidden_size", "num_virtual_tokens", "prompt_tuning_init")
        .Ignored(
            "encoder_dropout", "encoder_num_layers", "encoder_reparameterization_type", "num_attention_heads", "num_layers",
            "prompt_tuning_init_state_dict_path", "prompt_tuning_init_text", "token_dim", "tokenizer_kwargs", "tokenizer_name_or_path")
        .Unsupported("num_transformer_submodules", "encoders and causal decoders", "1")
        .With(CommonKeys);

    internal static AdapterConfig Read(ConfigurationFile file) => new PromptConfig
    {
        VirtualTokens = file.WholeNumber("num_virtual_tokens", 1, 1 << 16),
        SamplesVocabulary = file.Text("prompt_tuning_init") == SampleVocabulary,
        EncoderSize = file.Text("peft_type") == EncodedTypeName ? file.WholeNumber("encoder_hidden_size", 1, 1 << 20, 1) : null,
    };

    private protected override void Write(IDictionary<string, JsonNode?> fields)
    {
        fields["num_virtual_tokens"] = VirtualTokens;
        fields["token_dim"] = Sizes.Width;
        fields["num_layers"] = Sizes.Layers;
        fields["num_attention_heads"] = Sizes.Heads;
        fields["num_transformer_submodules"] = 1;
        if (EncoderSize is { } size)
        {
            fields["encoder_reparameterization_type"] = "MLP";
            fields["encoder_hidden_size"] = size;
            fields["encoder_num_layers"] = 2;
            fields["encoder_dropout"] = 0;
        }
        else
        {
            fields["prompt_tuning_init"] = SamplesVocabulary ? SampleVocabulary : Random;
            fields["prompt_tuning_init_text"] = null;
            fields["tokenizer_name_or_path"] = null;
            fields["tokenizer_kwargs"] = null;
        }
    }

    /// <summary>Returns the settings with the sizes of a model.</summary>
    internal PromptConfig Of(Transformer body) => this with
    {
        Sizes = (
            body.WordEmbeddings.Columns, body.LayerCount,
            body.Configuration.Find("num_attention_heads") is not null
                ? body.Configuration.WholeNumber("num_attention_heads", 1, 1 << 16) : 1),
    };

    internal override void Wrap(AdapterBuilder model, Random random)
    {
        var words = model.Model.Body.WordEmbeddings;
        var name = model.Layers.FirstOrDefault(layer => layer.Value == words).Key
            ?? throw new ArgumentException("The model has no table of word embeddings, before which virtual tokens could be put.");
        model.Add(name, words, new VirtualTokens(words, this, random));
    }
}
