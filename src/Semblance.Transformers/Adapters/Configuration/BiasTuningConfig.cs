using System.Text.Json.Nodes;
using Semblance.Files.Json;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the settings of BitFit (Ben Zaken et al. 2021, arXiv:2106.10199): all biases of the model are trained. PEFT has no such
/// method; the files have the layout of PEFT with the type <c>BITFIT</c>.
/// </summary>
public sealed record BiasTuningConfig : AdapterConfig
{
    internal const string TypeName = "BITFIT";

    /// <inheritdoc/>
    public override string PeftType => TypeName;

    internal static KnownKeys Keys => CommonKeys;

    internal static AdapterConfig Read(ConfigurationFile file) => new BiasTuningConfig();

    private protected override void Write(IDictionary<string, JsonNode?> fields)
    {
    }

    internal override void Wrap(AdapterBuilder model, Random random) => model.AddBiases();
}
