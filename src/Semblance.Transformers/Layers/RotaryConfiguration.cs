using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>
/// Rotary positions as configurations give them: a base, and under <c>rope_scaling</c> or <c>rope_parameters</c> how frequencies are changed
/// for texts longer than those learned from.
/// </summary>
internal static class RotaryConfiguration
{
    /// <summary>Reads the positions of a model, or of one kind of its layers.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="headSize">The width of a head.</param>
    /// <param name="theta">The base, where <c>rope_parameters</c> do not give it.</param>
    /// <param name="layerType">The kind of layer that <c>rope_parameters</c> may have an entry for, such as <c>full_attention</c>.</param>
    /// <param name="scaled">Whether <c>rope_scaling</c> is for these layers.</param>
    public static RotaryPositions Read(ConfigurationFile file, int headSize, float theta, string layerType = "full_attention", bool scaled = true)
    {
        var parameters = file.Section("rope_parameters");
        var settings = parameters?.Section(layerType) ?? parameters ?? (scaled ? file.Section("rope_scaling") : null);
        theta = settings?.Number("rope_theta", theta) ?? theta;
        var columns = (int)(headSize * file.Number("partial_rotary_factor", 1));
        if (theta <= 0 || columns < 2 || columns % 2 != 0 || columns > headSize)
        {
            throw file.Fault("rope_theta", $"is {theta} for {columns} of the {headSize} columns of a head; expected a base above 0 and an even number of columns");
        }

        var frequencies = RotaryPositions.Frequencies(columns, theta);
        var type = settings?.Text("rope_type") ?? settings?.Text("type") ?? "default";
        return type switch
        {
            // Dynamic scaling begins beyond max_position_embeddings, where no text goes.
            "default" or "dynamic" => new RotaryPositions(frequencies),
            "linear" => new RotaryPositions([.. frequencies.Select(frequency => frequency / Factor(settings!))]),
            "llama3" => new RotaryPositions(Llama3(settings!, frequencies)),
            "yarn" => new RotaryPositions(Yarn(file, settings!, frequencies, theta), settings!.Number("attention_factor", (0.1f * MathF.Log(Factor(settings))) + 1)),
            _ => throw settings!.Fault("rope_type", $"is '{type}'; supported are default, dynamic, linear, llama3 and yarn"),
        };
    }

    private static float Factor(ConfigurationFile settings)
    {
        var factor = settings.Number("factor", 0);
        return factor >= 1 ? factor : throw settings.Fault("factor", $"is {factor}; expected a number from 1 on");
    }

    // Slow pairs turn slower by the factor, fast ones stay, those between go over smoothly (Llama 3.1, arXiv:2407.21783).
    private static float[] Llama3(ConfigurationFile settings, float[] frequencies)
    {
        float factor = Factor(settings), low = settings.Number("low_freq_factor", 1), high = settings.Number("high_freq_factor", 4);
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

    // YaRN (Peng et al. 2023, arXiv:2309.00071): a ramp over the pairs from unchanged to slower by the factor.
    private static float[] Yarn(ConfigurationFile file, ConfigurationFile settings, float[] frequencies, float theta)
    {
        var factor = Factor(settings);
        var learned = settings.Rows("original_max_position_embeddings", file.Rows("max_position_embeddings"));
        var columns = 2 * frequencies.Length;
        double Pair(float turns) => columns * Math.Log(learned / (turns * 2 * Math.PI)) / (2 * Math.Log(theta));
        var first = Math.Max(Math.Floor(Pair(settings.Number("beta_fast", 32))), 0);
        var last = Math.Min(Math.Ceiling(Pair(settings.Number("beta_slow", 1))), columns - 1);
        var width = (float)(last == first ? 0.001 : last - first);
        return [.. frequencies.Select((frequency, i) =>
        {
            var ramp = Math.Clamp((i - (float)first) / width, 0, 1);
            return (frequency / factor * ramp) + (frequency * (1 - ramp));
        })];
    }
}
