using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Conversion;

/// <summary>Converts a model that was exported to ONNX back to a folder in the layout of sentence-transformers.</summary>
public static class OnnxConversion
{
    /// <summary>
    /// Writes a folder with the weights of an ONNX file. Configuration, tokenizer and modules are those beside the file; without
    /// <c>config.json</c>, the configuration of BERT, RoBERTa, DistilBERT and MPNet is inferred from the weights.
    /// </summary>
    /// <param name="path">
    /// The ONNX file: an export of a transformer, plain, fused by ONNX Runtime's optimizer or with dynamic int8 weights.
    /// </param>
    /// <param name="folder">The folder, which is created if necessary.</param>
    /// <param name="options">What is taken from elsewhere; <see langword="null"/> for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or no tokenizer beside it.</exception>
    /// <exception cref="CheckpointFormatException">
    /// The file cannot be read, or has weights in an operator that is not supported.
    /// </exception>
    /// <exception cref="ModelFormatException">The configuration is missing and cannot be inferred, or does not fit the weights.</exception>
    /// <exception cref="TokenizerFormatException">The tokenizer cannot be read.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Convert(string path, string folder, ConversionOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new ConversionOptions();
        var onnx = OnnxFile.Open(path);
        ModelFiles.Save(folder, written =>
        {
            BesideFiles.Copy(path, options.FilesFolder, written);
            var root = Path.Combine(written, ModuleList.FirstFolder(written));
            AddTokenizerSettings(root, options.LowerCase);
            var file = Path.Combine(root, "config.json");
            var configuration = File.Exists(file) ? ConfigurationFile.Read(file) : InferredConfiguration.Of(onnx, options.NumAttentionHeads);
            var parameters = onnx.Names.ToDictionary(name => name, Func<Tensor> (name) => () => onnx.Read(name), StringComparer.Ordinal);
            ConvertedFolder.Complete(
                written, configuration, new ConvertedWeights(path, parameters), options.Pooling ?? Pooling.Mean, options);
        });
    }

    private static void AddTokenizerSettings(string root, bool lowerCase)
    {
        const string Settings = "tokenizer_config.json";
        if (File.Exists(Path.Combine(root, "vocab.txt")) && !File.Exists(Path.Combine(root, "tokenizer.json"))
            && !File.Exists(Path.Combine(root, Settings)))
        {
            JsonFile.Write(Path.Combine(root, Settings), json =>
            {
                json.WriteStartObject();
                json.WriteString("tokenizer_class", "BertTokenizer");
                json.WriteBoolean("do_lower_case", lowerCase);
                json.WriteEndObject();
            });
        }
    }
}
