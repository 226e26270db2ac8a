using System.Text.Json;
using System.Text.Json.Nodes;

namespace Semblance.Transformers;

/// <summary>Creates the <c>config.json</c> of a new model, with the fields of each original.</summary>
public static class NewConfiguration
{
    /// <summary>Gets the <c>model_type</c> of each architecture that a new model can have.</summary>
    public static IReadOnlyCollection<string> Architectures =>
        [.. Transformers.Architectures.All.Where(architecture => architecture.NewConfiguration is not null)
            .Select(architecture => architecture.ModelType)];

    /// <summary>Creates the configuration of a new model.</summary>
    /// <param name="architecture">The <c>model_type</c>.</param>
    /// <param name="sizes">The sizes.</param>
    /// <exception cref="ArgumentException">The architecture is unknown, or a size is invalid.</exception>
    public static ConfigurationFile Create(string architecture, ModelSizes sizes)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(sizes);
        if (Transformers.Architectures.Find(architecture)?.NewConfiguration is not { } create)
        {
            throw new ArgumentException(
                $"The architecture '{architecture}' is not supported for new models; supported are {string.Join(", ", Architectures)}.",
                nameof(architecture));
        }

        if (sizes.NumAttentionHeads < 1 || sizes.HiddenSize % sizes.NumAttentionHeads != 0)
        {
            throw new ArgumentException(
                $"{sizes.NumAttentionHeads} heads do not divide the hidden size of {sizes.HiddenSize}.", nameof(sizes));
        }

        var config = create(sizes);
        config["model_type"] = architecture;
        return ConfigurationFile.Of("the new config.json", JsonElement.Parse(config.ToJsonString()));
    }

    /// <summary>Creates the fields that the configurations of all architectures have.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <param name="className">The class under <c>architectures</c>.</param>
    /// <param name="fields">The fields of the architecture.</param>
    public static JsonObject Common(ModelSizes sizes, string className, params ReadOnlySpan<(string Field, JsonNode? Value)> fields)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray(className),
            ["vocab_size"] = sizes.VocabSize,
            ["pad_token_id"] = sizes.PadTokenId,
            ["initializer_range"] = 0.02,
        };
        if (sizes.BosTokenId is { } bos)
        {
            config["bos_token_id"] = bos;
        }

        if (sizes.EosTokenId is { } eos)
        {
            config["eos_token_id"] = eos;
        }

        return config.With(fields);
    }

    /// <summary>Sets fields of a configuration.</summary>
    /// <param name="config">The configuration, which is changed and returned.</param>
    /// <param name="fields">The fields with their values.</param>
    public static JsonObject With(this JsonObject config, params ReadOnlySpan<(string Field, JsonNode? Value)> fields)
    {
        ArgumentNullException.ThrowIfNull(config);
        foreach (var (field, value) in fields)
        {
            config[field] = value;
        }

        return config;
    }

    /// <summary>Returns the nearest double to the decimal form of a number: 0.1 and not 0.10000000149.</summary>
    /// <param name="value">The number.</param>
    public static double Number(float value) => (double)(decimal)value;
}
