using System.Text.Json.Nodes;
using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance;

/// <summary>
/// Writes a model with its weights in another type: int8 with a scale per output channel, float16, bfloat16, or float32, the inverse. The
/// layout of the files is in docs/models.md; every loader of this library reads it.
/// </summary>
public static class ModelQuantizer
{
    /// <summary>The name of the model card.</summary>
    internal const string Card = "README.md";

    private const string CardHeading = "## Stored weights";

    // A layer of few outputs, such as a classifier's, and a table of few rows, such as that of token types, cost little and add the same
    // error to every text.
    private const int FewestChannels = 16;

    /// <summary>Writes a copy of a model with its weights in another type.</summary>
    /// <param name="folder">The model's folder: an encoder of any kind, a cross-encoder or a transformer.</param>
    /// <param name="output">The folder of the copy, which may be the same folder; it is replaced in one step.</param>
    /// <param name="weights">
    /// The type: <see cref="DType.I8"/> for matrices, convolutions and embedding tables of at least 16 channels, other weights being
    /// float32; <see cref="DType.F16"/>, <see cref="DType.BF16"/> or <see cref="DType.F32"/> for all weights.
    /// </param>
    /// <returns>The type and the size of the weights before and after.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weights"/> is another type.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder has no weights.</exception>
    /// <exception cref="FormatException">A file of the model is damaged or not supported.</exception>
    /// <exception cref="CheckpointFormatException">A weight is not finite, or too large for the type.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static QuantizedModel Quantize(string folder, string output, DType weights)
    {
        ArgumentException.ThrowIfNullOrEmpty(output);
        if (weights is not (DType.I8 or DType.F16 or DType.BF16 or DType.F32))
        {
            throw new ArgumentOutOfRangeException(
                nameof(weights), weights, "The type is not supported for weights; supported are I8, F16, BF16 and F32.");
        }

        var copy = new ModelCopy(folder);
        var original = copy.WeightBytes;
        var (types, bytes) = (new Dictionary<DType, long>(), 0L);
        copy.Write(
            output,
            (inner, target) =>
            {
                bytes += Convert(Path.Combine(copy.Source, inner), target, weights, types);
                WriteConfiguration(target, weights);
            },
            written => WriteCard(written, Path.GetFileName(copy.Source), weights));
        return new QuantizedModel(types.MaxBy(type => type.Value).Key, original, weights, bytes);
    }

    /// <summary>Returns the name of a type of weights, as in <c>torch_dtype</c>: <c>int8</c>, <c>float16</c> and so on.</summary>
    /// <param name="weights">The type.</param>
    public static string NameOf(DType weights) => weights switch
    {
        DType.I8 => "int8",
        DType.F16 => "float16",
        DType.BF16 => "bfloat16",
        DType.F32 => "float32",
        _ => weights.ToString().ToLowerInvariant(),
    };

    // Returns the number of bytes of the written file.
    private static long Convert(string folder, string target, DType type, Dictionary<DType, long> types)
    {
        var checkpoint = Checkpoint.Open(folder);
        if (type == DType.I8 && checkpoint.Contains("embeddings"))
        {
            throw new ModelFormatException(
                folder, "the folder is a Model2Vec model, whose own library would ignore the scales of int8; use float16 or bfloat16.");
        }

        var transposed = type == DType.I8 ? Transposed(folder, checkpoint) : [];
        var writer = new SafetensorsWriter();
        foreach (var info in checkpoint.Tensors)
        {
            types[info.DType] = types.GetValueOrDefault(info.DType) + info.ByteCount;
            if (!IsWeight(info))
            {
                writer.Add(info.Name, checkpoint.ReadInt64(info.Name), [.. info.Shape]);
            }
            else if (type == DType.I8 && IsQuantized(info))
            {
                using var tensor = checkpoint.Read(info.Name);
                writer.Add(info.Name, Codes(checkpoint.Path, info.Name, tensor, transposed.Contains(info.Name) ? 1 : 0));
                tensor.Trim();
            }
            else
            {
                writer.Add(info.Name, checkpoint.Read(info.Name), type == DType.I8 ? DType.F32 : type);
            }
        }

        var path = Path.Combine(target, "model.safetensors");
        writer.Save(path);
        return new FileInfo(path).Length;
    }

    private static Int8Weights Codes(string path, string name, Tensor tensor, int channels)
    {
        try
        {
            return Int8Weights.Quantize(tensor, channels);
        }
        catch (ArgumentException e)
        {
            throw new CheckpointFormatException(path, $"the tensor '{name}' cannot be quantized. {e.Message}", e);
        }
    }

    /// <summary>
    /// Returns whether a tensor is a weight. Other integers are positions, mappings and counts; static embeddings of Model2Vec may be I8
    /// without scales.
    /// </summary>
    internal static bool IsWeight(TensorInfo info) => info.DType is DType.F16 or DType.BF16 or DType.F32 or DType.F64 or DType.I8;

    // Attention adds the relative biases to its logits, where an error is not averaged.
    private static bool IsQuantized(TensorInfo info) => info.Shape.Count > 1 && info.Shape[0] >= FewestChannels
        && !info.Name.EndsWith("relative_attention_bias.weight", StringComparison.Ordinal);

    // The names of weights that are stored as [inputs × outputs], as in GPT-2.
    private static HashSet<string> Transposed(string folder, Checkpoint checkpoint)
    {
        var path = Path.Combine(folder, "config.json");
        if (!File.Exists(path) || ConfigurationFile.Read(path) is var config
            && Architectures.Find(config.Text("model_type")) is not { } architecture)
        {
            return [];
        }

        // The weights are mapped; nothing packs them.
        var model = architecture.Load(config, new CheckpointWeights(checkpoint, architecture.Prefix));
        return [.. model.Layers.Where(layer => layer.Value is Linear { IsTransposed: true }).Select(layer => layer.Key + ".weight")
            .SelectMany(name => new[] { name, architecture.Prefix + name })];
    }

    private static void WriteConfiguration(string folder, DType weights)
    {
        var path = Path.Combine(folder, "config.json");
        if (!File.Exists(path) || JsonNode.Parse(File.ReadAllBytes(path)) is not JsonObject config
            || config["model_type"]?.ToString() is null or "model2vec")
        {
            return;
        }

        var type = NameOf(weights == DType.I8 ? DType.F32 : weights);
        config[config.ContainsKey("dtype") ? "dtype" : "torch_dtype"] = type;
        config.Remove("quantization_config");
        if (weights == DType.I8)
        {
            config["quantization_config"] = new JsonObject { ["quant_method"] = SafetensorsWriter.Int8Format };
        }

        JsonFile.Write(path, json => config.WriteTo(json));
    }

    private static void WriteCard(string folder, string name, DType weights)
    {
        var path = Path.Combine(folder, Card);
        var card = File.Exists(path) ? File.ReadAllText(path) : $"# {name}\n";
        var old = card.IndexOf(CardHeading, StringComparison.Ordinal);
        card = (old < 0 ? card : card[..old]).TrimEnd() + "\n";
        if (weights != DType.F32)
        {
            card += $"\n{CardHeading}\n\n" + (weights == DType.I8
                ? $"The weights are int8 with one float32 scale per output channel (`{SafetensorsWriter.Int8Format}`), written by "
                    + "Semblance. For other libraries, restore float32: `semblance quantize FOLDER --output OTHER --weights float32`.\n"
                : $"The weights are {NameOf(weights)}, rounded by Semblance.\n");
        }

        File.WriteAllText(path, card);
    }
}
