using System.Text.Json;
using Semblance.Files.Json;
using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>
/// Reads rotary position embeddings from a configuration: a base, and under <c>rope_scaling</c> or <c>rope_parameters</c> the scaling of
/// frequencies for texts longer than those of the training.
/// </summary>
public static class RotaryConfiguration
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported(
            "attention_factor", "beta_fast", "beta_slow", "factor", "high_freq_factor", "low_freq_factor", "mscale", "mscale_all_dim",
            "original_max_position_embeddings", "partial_rotary_factor",
            "rope_theta", "rope_type", "truncate")
        .Alias("type", "rope_type")
        .Unsupported("long_factor", "one factor for all frequencies")
        .Unsupported("short_factor", "one factor for all frequencies");

    private static readonly KnownKeys LayerKeys = new KnownKeys().Supported("full_attention", "sliding_attention");

    /// <summary>Reads the positions of a model, or of one kind of its layers.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="headSize">The width of a head.</param>
    /// <param name="theta">The base, if <c>rope_parameters</c> do not give it.</param>
    /// <param name="layerType">The kind of layer that <c>rope_parameters</c> may have an entry for, such as <c>full_attention</c>.</param>
    /// <param name="scaled">
    /// <see langword="true"/>, the default, if <c>rope_scaling</c> applies to these layers; otherwise, <see langword="false"/>.
    /// </param>
    public static RotaryPositions Read(
        ConfigurationFile file, int headSize, float theta, string layerType = "full_attention", bool scaled = true)
    {
        var parameters = file.Section("rope_parameters");
        var own = parameters?.Root.EnumerateObject().Any(member => member.Value.ValueKind == JsonValueKind.Object) == true
            ? parameters.Check(LayerKeys).Section(layerType)
            : parameters;
        var settings = (scaled ? file.Section("rope_scaling") : null) ?? own;
        own?.Check(Keys);
        settings?.Check(Keys);
        theta = settings?.Number("rope_theta", own?.Number("rope_theta", theta) ?? theta) ?? theta;
        var part = settings?.Number("partial_rotary_factor", 0) is { } share and not 0 ? share : file.Number("partial_rotary_factor", 1);
        var columns = (int)(headSize * part);
        if (theta is not (>= 1e-6f and <= 1e12f) || columns < 2 || columns % 2 != 0 || columns > headSize)
        {
            throw file.Fault(
                "rope_theta",
                $"is {theta} for {columns} of the {headSize} columns of a head; expected a base from 1e-6 to 1e12 and an even number of "
                + "columns");
        }

        var frequencies = RotaryPositions.Frequencies(columns, theta);
        var type = settings?.Text("rope_type") ?? "default";
        if (type == "default" && settings?.Find("factor") is not null && settings.Number("factor", 1) != 1)
        {
            throw settings.Fault(
                "factor",
                $"is {settings.Number("factor", 1)}, but 'rope_type' names no scaling; supported are dynamic, linear, llama3 and yarn");
        }

        return type switch
        {
            // Dynamic scaling begins beyond max_position_embeddings, which no text exceeds.
            "default" or "dynamic" => new RotaryPositions(frequencies),
            "linear" => new RotaryPositions([.. frequencies.Select(frequency => frequency / Factor(settings!))]),
            "llama3" => new RotaryPositions(Llama3(settings!, frequencies)),
            "yarn" =>
                new RotaryPositions(
                    Yarn(file, settings!, frequencies, theta), settings!.Positive("attention_factor", AttentionFactor(settings!))),
            _ => throw settings!.Fault("rope_type", $"is '{type}'; supported are default, dynamic, linear, llama3 and yarn"),
        };
    }

    private static float Factor(ConfigurationFile settings)
    {
        var factor = settings.Number("factor", 0);
        return factor >= 1 ? factor : throw settings.Fault("factor", $"is {factor}; expected a number from 1 on");
    }

    // The factor by which YaRN scales the rotated columns, from the factor, or the ratio of two of its scales as in DeepSeek.
    private static float AttentionFactor(ConfigurationFile settings)
    {
        var factor = Factor(settings);
        float Scale(float share) => factor <= 1 ? 1 : (0.1f * share * MathF.Log(factor)) + 1;
        float one = settings.Number("mscale", 0), all = settings.Number("mscale_all_dim", 0);
        return one != 0 && all != 0 ? Scale(one) / Scale(all) : Scale(1);
    }

    // Low frequencies are divided by the factor, high ones stay, those between are interpolated (Llama 3.1, arXiv:2407.21783).
    private static float[] Llama3(ConfigurationFile settings, float[] frequencies)
    {
        float factor = Factor(settings), low = settings.Positive("low_freq_factor", 1), high = settings.Positive("high_freq_factor", 4);
        if (high <= low)
        {
            throw settings.Fault("high_freq_factor", $"is {high}; expected more than 'low_freq_factor', {low}");
        }

        var learned = settings.Rows("original_max_position_embeddings");
        return [.. frequencies.Select(frequency =>
        {
            var length = 2 * MathF.PI / frequency;
            if (length < learned / high)
            {
                return frequency;
            }

            if (length > learned / low)
            {
                return frequency / factor;
            }

            var smooth = ((learned / length) - low) / (high - low);
            return ((1 - smooth) * frequency / factor) + (smooth * frequency);
        })];
    }

    // YaRN (Peng et al. 2023, arXiv:2309.00071): a ramp over the pairs from unchanged to divided by the factor.
    private static float[] Yarn(ConfigurationFile file, ConfigurationFile settings, float[] frequencies, float theta)
    {
        if (theta <= 1)
        {
            throw file.Fault("rope_theta", $"is {theta}; yarn needs a base above 1");
        }

        var factor = Factor(settings);
        var learned = settings.Rows("original_max_position_embeddings", file.Rows("max_position_embeddings"));
        var columns = 2 * frequencies.Length;
        double Pair(float turns) => columns * Math.Log(learned / (turns * 2 * Math.PI)) / (2 * Math.Log(theta));
        double fast = Pair(settings.Positive("beta_fast", 32)), slow = Pair(settings.Positive("beta_slow", 1));
        var isWhole = settings.Flag("truncate", true);
        var first = Math.Max(isWhole ? Math.Floor(fast) : fast, 0);
        var last = Math.Min(isWhole ? Math.Ceiling(slow) : slow, columns - 1);
        var width = (float)(last == first ? 0.001 : last - first);
        return [.. frequencies.Select((frequency, i) =>
        {
            var ramp = Math.Clamp((i - (float)first) / width, 0, 1);
            return (frequency / factor * ramp) + (frequency * (1 - ramp));
        })];
    }
}
