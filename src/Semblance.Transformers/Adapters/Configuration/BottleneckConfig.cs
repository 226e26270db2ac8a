using System.Text.Json.Nodes;
using Semblance.Files.Json;
using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the settings of bottleneck adapters: two narrow layers after each block, y + f(y D) U (Houlsby et al. 2019,
/// arXiv:1902.00751),
/// or only after the feed-forward block (Pfeiffer et al. 2021, arXiv:2005.00247). PEFT has no such method; the files have its layout with
/// the type <c>BOTTLENECK</c>.
/// </summary>
public sealed record BottleneckConfig : LayerAdapterConfig
{
    internal const string TypeName = "BOTTLENECK";

    private const string Houlsby = "houlsby";
    private const string Pfeiffer = "pfeiffer";

    /// <summary>Gets the width of the bottleneck; 48 by default.</summary>
    public int Size { get; init; } = 48;

    /// <summary>
    /// Gets a value that indicates whether adapters follow only the feed-forward blocks, as Pfeiffer's; <see langword="false"/>, the
    /// default, for both blocks of a layer, as Houlsby's.
    /// </summary>
    public bool FeedForwardOnly { get; init; }

    /// <inheritdoc/>
    public override string PeftType => TypeName;

    /// <inheritdoc/>
    public override bool CanMerge => false;

    internal static KnownKeys Keys => new KnownKeys().Supported("bottleneck_size", "placement").With(LayerKeys);

    internal static AdapterConfig Read(ConfigurationFile file) => ReadTargets(file, new BottleneckConfig
    {
        Size = file.WholeNumber("bottleneck_size", 1, 1 << 16, 48),
        FeedForwardOnly = file.Text("placement") switch
        {
            null or Houlsby => false,
            Pfeiffer => true,
            { } other => throw file.Fault("placement", $"is '{other}'; expected {Houlsby} or {Pfeiffer}"),
        },
    });

    private protected override void Write(IDictionary<string, JsonNode?> fields)
    {
        base.Write(fields);
        fields["bottleneck_size"] = Size;
        fields["placement"] = FeedForwardOnly ? Pfeiffer : Houlsby;
    }

    internal override void Wrap(AdapterBuilder model, Random random)
    {
        foreach (var (name, layer) in Select(model))
        {
            model.Add(name, layer, layer is Linear linear
                ? new Bottleneck(linear, Size, random)
                : throw new ArgumentException(
                    $"The target module '{name}' is a {layer.GetType().Name}; bottleneck adapters follow linear layers."));
        }
    }

    private protected override ModuleSelector? Default(string modelType) => modelType switch
    {
        "bert" or "roberta" or "xlm-roberta" or "camembert" or "electra" or "deberta" or "deberta-v2" =>
            FeedForwardOnly ? ModuleSelector.Matching(@".*\.\d+\.output\.dense") : ModuleSelector.Named("output.dense"),
        "distilbert" => FeedForwardOnly ? ModuleSelector.Named("ffn.lin2") : ModuleSelector.Named("attention.out_lin", "ffn.lin2"),
        "mpnet" => FeedForwardOnly ? ModuleSelector.Named("output.dense") : ModuleSelector.Named("attn.o", "output.dense"),
        "gpt2" => FeedForwardOnly ? ModuleSelector.Named("mlp.c_proj") : ModuleSelector.Named("c_proj"),
        "modernbert" => FeedForwardOnly ? ModuleSelector.Named("mlp.Wo") : ModuleSelector.Named("Wo"),
        "llama" or "mistral" or "gemma" or "gemma3_text" or "qwen2" or "qwen3" =>
            FeedForwardOnly ? ModuleSelector.Named("down_proj") : ModuleSelector.Named("o_proj", "down_proj"),
        _ => null,
    };
}
