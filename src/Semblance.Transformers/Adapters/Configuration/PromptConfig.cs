using System.Text.Json.Nodes;
using Semblance.Files.Json;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the settings of prompt tuning (Lester et al. 2021, arXiv:2104.08691) and of P-tuning (Liu et al. 2021, arXiv:2103.10385): the
/// vectors of virtual tokens before each text are trained, in P-tuning as the outputs of a small network.
/// </summary>
public sealed record PromptConfig : PromptLearningConfig
{
    internal const string TypeName = "PROMPT_TUNING";
    internal const string EncodedTypeName = "P_TUNING";

    private const string Random = "RANDOM";
    private const string SampleVocabulary = "SAMPLE_VOCAB";

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

    internal static KnownKeys Keys => new KnownKeys()
        .Supported("prompt_tuning_init")
        .Ignored(
            "encoder_dropout", "encoder_num_layers", "encoder_reparameterization_type", "prompt_tuning_init_state_dict_path",
            "prompt_tuning_init_text", "tokenizer_kwargs", "tokenizer_name_or_path")
        .With(PromptKeys);

    internal static AdapterConfig Read(ConfigurationFile file) => new PromptConfig
    {
        VirtualTokens = ReadTokens(file),
        SamplesVocabulary = file.Text("prompt_tuning_init") == SampleVocabulary,
        EncoderSize = file.Text("peft_type") == EncodedTypeName ? file.WholeNumber("encoder_hidden_size", 1, 1 << 20, 1) : null,
    };

    private protected override void Write(IDictionary<string, JsonNode?> fields)
    {
        base.Write(fields);
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

    private protected override int Width(Transformer body) => body.WordEmbeddings.Columns;

    private protected override AdapterWrapper Wrapper(Transformer body, Random random) =>
        new VirtualTokens(body.WordEmbeddings, this, random);
}
