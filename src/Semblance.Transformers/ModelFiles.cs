using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Tensors;

namespace Semblance.Transformers;

/// <summary>Handles the files of a model's folder: weights and their configuration.</summary>
public static class ModelFiles
{
    /// <summary>Returns a value that indicates whether a file of a model's folder contains weights or their configuration.</summary>
    /// <param name="name">The name of the file.</param>
    public static bool IsOwn(string name) => name == "config.json" || Checkpoint.IsFileName(name);

    /// <summary>Writes <c>model.safetensors</c> and <c>config.json</c> in one step; weights of other names are removed.</summary>
    internal static void Save(
        string folder, IEnumerable<Parameter> parameters, ConfigurationFile configuration, DType weights, bool withHead)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in parameters)
        {
            writer.Add(name, tensor, weights);
        }

        AtomicFolder.Write(folder, IsOwn, written =>
        {
            writer.Save(Path.Combine(written, "model.safetensors"));
            using var file = new AtomicFile(Path.Combine(written, "config.json"));
            using (var json = new Utf8JsonWriter(file.Stream, new JsonWriterOptions { Indented = true }))
            {
                Write(json, configuration, NameOf(weights), withHead);
            }

            file.Commit();
        });
    }

    private static string NameOf(DType weights) => weights switch
    {
        DType.F16 => "float16",
        DType.BF16 => "bfloat16",
        _ => "float32",
    };

    private static void Write(Utf8JsonWriter json, ConfigurationFile configuration, string weights, bool withHead)
    {
        json.WriteStartObject();
        var typed = false;
        foreach (var field in configuration.Root.EnumerateObject())
        {
            if (field.Name is "torch_dtype" or "dtype") // the older name and the newer
            {
                json.WriteString(field.Name, weights);
                typed = true;
            }
            else if (field.Name != "quantization_config" // the written weights are floats
                && (withHead || !(field.NameEquals("architectures") && NamesHead(configuration))))
            {
                field.WriteTo(json);
            }
        }

        if (!typed)
        {
            json.WriteString("torch_dtype", weights);
        }

        json.WriteEndObject();
    }

    // Only the body is written: a class with a head, such as BertForMaskedLM, would require more.
    private static bool NamesHead(ConfigurationFile configuration) =>
        configuration.Root.GetProperty("architectures").ToString() is var names
            && (names.Contains("For", StringComparison.Ordinal) || names.Contains("LMHead", StringComparison.Ordinal));
}
