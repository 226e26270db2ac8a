using System.Text.Json.Nodes;
using Semblance.Files.Json;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the settings of prefix tuning (Li and Liang 2021, arXiv:2101.00190): keys and values of virtual tokens, which every token of
/// a text attends to in every layer, are trained. Supported are encoders with the attention of BERT.
/// </summary>
public sealed record PrefixConfig : PromptLearningConfig
{
    internal const string TypeName = "PREFIX_TUNING";

    /// <summary>
    /// Gets the width of the network whose outputs the keys and values are during training, and of which only the outputs are saved;
    /// <see langword="null"/>, the default, to train keys and values themselves.
    /// </summary>
    public int? EncoderSize { get; init; }

    /// <inheritdoc/>
    public override string PeftType => TypeName;

    internal static KnownKeys Keys => new KnownKeys().Supported("prefix_projection").Ignored("init_weights").With(PromptKeys);

    internal static AdapterConfig Read(ConfigurationFile file) => new PrefixConfig
    {
        VirtualTokens = ReadTokens(file),
        EncoderSize = file.Flag("prefix_projection", false) ? file.WholeNumber("encoder_hidden_size", 1, 1 << 20) : null,
    };

    private protected override void Write(IDictionary<string, JsonNode?> fields)
    {
        base.Write(fields);
        fields["prefix_projection"] = EncoderSize is not null;
        fields["encoder_hidden_size"] = EncoderSize;
    }

    private protected override int Width(Transformer body) => body.HiddenSize;

    private protected override AdapterWrapper Wrapper(Transformer body, Random random) => body.AcceptsPrefix
        ? new Prefix(this, random)
        : throw new ArgumentException(
            $"Prefix tuning is not supported for '{body.ModelType}'; it needs an encoder with BERT's attention: bert, roberta, "
            + "xlm-roberta, camembert or electra. Use another method.");
}
