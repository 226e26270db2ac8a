using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Conversion;

/// <summary>
/// Converts an encoder in a GGUF file, the format of llama.cpp and Ollama, to a folder in the layout of sentence-transformers. Supported
/// are the architectures <c>bert</c> and <c>nomic-bert</c> with a WordPiece vocabulary.
/// </summary>
public static class GgufConversion
{
    private const char Space = '\u2581'; // marks the first token of a word, instead of ## at the others

    private const int ControlToken = 3;

    private static readonly IReadOnlyDictionary<string, string> Bert = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["embeddings.word_embeddings"] = "token_embd",
        ["embeddings.position_embeddings"] = "position_embd",
        ["embeddings.token_type_embeddings"] = "token_types",
        ["embeddings.LayerNorm"] = "token_embd_norm",
        ["encoder.layer.*.attention.self.query"] = "blk.*.attn_q",
        ["encoder.layer.*.attention.self.key"] = "blk.*.attn_k",
        ["encoder.layer.*.attention.self.value"] = "blk.*.attn_v",
        ["encoder.layer.*.attention.output.dense"] = "blk.*.attn_output",
        ["encoder.layer.*.attention.output.LayerNorm"] = "blk.*.attn_output_norm",
        ["encoder.layer.*.intermediate.dense"] = "blk.*.ffn_up",
        ["encoder.layer.*.output.dense"] = "blk.*.ffn_down",
        ["encoder.layer.*.output.LayerNorm"] = "blk.*.layer_output_norm",
    };

    private static readonly IReadOnlyDictionary<string, string> NomicBert = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["embeddings.word_embeddings"] = "token_embd",
        ["embeddings.token_type_embeddings"] = "token_types",
        ["emb_ln"] = "token_embd_norm",
        ["encoder.layers.*.attn.Wqkv"] = "blk.*.attn_qkv",
        ["encoder.layers.*.attn.out_proj"] = "blk.*.attn_output",
        ["encoder.layers.*.norm1"] = "blk.*.attn_output_norm",
        ["encoder.layers.*.mlp.fc11"] = "blk.*.ffn_up",
        ["encoder.layers.*.mlp.fc12"] = "blk.*.ffn_gate",
        ["encoder.layers.*.mlp.fc2"] = "blk.*.ffn_down",
        ["encoder.layers.*.norm2"] = "blk.*.layer_output_norm",
    };

    /// <summary>Writes a folder with the weights, the configuration, the vocabulary and the pooling of a GGUF file.</summary>
    /// <param name="path">The GGUF file.</param>
    /// <param name="folder">The folder, which is created if necessary.</param>
    /// <param name="options">What the file does not tell; <see langword="null"/> for the defaults. Other files are not read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">The file cannot be read.</exception>
    /// <exception cref="ModelFormatException">The architecture or the tokenizer is not supported, or metadata are missing.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Convert(string path, string folder, ConversionOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new ConversionOptions();
        var file = GgufFile.Open(path);
        var (configuration, names) = file.Text("general.architecture") switch
        {
            "bert" => (BertConfiguration(file), Bert),
            "nomic-bert" => (NomicConfiguration(file), NomicBert),
            var other => throw new ModelFormatException(
                path, $"the architecture ('general.architecture') is {(other is null ? "missing" : $"'{other}'")}; supported are bert and nomic-bert."),
        };
        ModelFiles.Save(folder, written =>
        {
            WriteVocabulary(file, written, options.LowerCase);
            ConvertedFolder.Complete(
                written,
                ConfigurationFile.Of("the metadata of " + path, JsonElement.Parse(configuration.ToJsonString())),
                new ConvertedWeights(path, Parameters(file, names)),
                options.Pooling ?? PoolingOf(file),
                options);
        });
    }

    private static JsonObject BertConfiguration(GgufFile file) => new JsonObject
    {
        ["architectures"] = new JsonArray("BertModel"),
        ["model_type"] = "bert",
        ["hidden_size"] = Required(file, "bert.embedding_length"),
        ["num_hidden_layers"] = Required(file, "bert.block_count"),
        ["num_attention_heads"] = Required(file, "bert.attention.head_count"),
        ["intermediate_size"] = Required(file, "bert.feed_forward_length"),
        ["max_position_embeddings"] = file.Shape("position_embd.weight")[0],
        ["type_vocab_size"] = file.Names.Contains("token_types.weight") ? file.Shape("token_types.weight")[0] : 0,
        ["vocab_size"] = file.Shape("token_embd.weight")[0],
        ["layer_norm_eps"] = Epsilon(file, "bert"),
        ["hidden_act"] = "gelu",
        ["pad_token_id"] = file.Integer("tokenizer.ggml.padding_token_id") ?? 0,
    };

    private static JsonObject NomicConfiguration(GgufFile file) => new JsonObject
    {
        ["architectures"] = new JsonArray("NomicBertModel"),
        ["model_type"] = "nomic_bert",
        ["n_embd"] = Required(file, "nomic-bert.embedding_length"),
        ["n_layer"] = Required(file, "nomic-bert.block_count"),
        ["n_head"] = Required(file, "nomic-bert.attention.head_count"),
        ["n_inner"] = Required(file, "nomic-bert.feed_forward_length"),
        ["n_positions"] = Required(file, "nomic-bert.context_length"),
        ["type_vocab_size"] = file.Names.Contains("token_types.weight") ? file.Shape("token_types.weight")[0] : 0,
        ["vocab_size"] = file.Shape("token_embd.weight")[0],
        ["layer_norm_epsilon"] = Epsilon(file, "nomic-bert"),
        ["activation_function"] = "swiglu",
        ["rotary_emb_base"] = file.Number("nomic-bert.rope.freq_base") ?? 10_000,
        ["rotary_emb_fraction"] = 1.0,
        ["prenorm"] = false,
        ["qkv_proj_bias"] = file.Names.Contains("blk.0.attn_qkv.bias"),
        ["mlp_fc1_bias"] = file.Names.Contains("blk.0.ffn_up.bias"),
        ["mlp_fc2_bias"] = file.Names.Contains("blk.0.ffn_down.bias"),
    };

    private static long Required(GgufFile file, string key) =>
        file.Integer(key) ?? throw new ModelFormatException(file.Path, $"the metadata '{key}' are missing; expected a whole number.");

    // The shortest decimal number that rounds to the float32 of the file, as in the configuration that it was made from.
    private static double Epsilon(GgufFile file, string architecture) =>
        double.Parse(
            ((float)(file.Number(architecture + ".attention.layer_norm_epsilon") ?? 1e-12)).ToString("R", CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture);

    private static Dictionary<string, Func<Tensor>> Parameters(GgufFile file, IReadOnlyDictionary<string, string> names)
    {
        var layers = names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
        var parameters = new Dictionary<string, Func<Tensor>>(StringComparer.Ordinal);
        foreach (var name in file.Names)
        {
            var parts = name.Split('.');
            var number = parts.Length > 2 ? parts[1] : "";
            var known = parts.Length > 2 ? $"{parts[0]}.*.{parts[2]}" : parts[0];
            if (layers.TryGetValue(known, out var layer))
            {
                parameters[$"{layer.Replace("*", number, StringComparison.Ordinal)}.{parts[^1]}"] = () => file.Read(name);
            }
        }

        return parameters;
    }

    // llama.cpp's enumeration of pooling types.
    private static Pooling PoolingOf(GgufFile file) => file.Integer(file.Text("general.architecture") + ".pooling_type") switch
    {
        2 => Pooling.Cls,
        3 => Pooling.LastToken,
        _ => Pooling.Mean,
    };

    private static void WriteVocabulary(GgufFile file, string folder, bool lowerCase)
    {
        const string Key = "tokenizer.ggml.model";
        if (file.Text(Key) is not "bert" || file.Texts("tokenizer.ggml.tokens") is not { } tokens)
        {
            throw new ModelFormatException(
                file.Path, $"the tokenizer ('{Key}') is '{file.Text(Key)}'; supported is bert, a WordPiece vocabulary with 'tokenizer.ggml.tokens'.");
        }

        var types = file.Integers("tokenizer.ggml.token_type");
        var plain = tokens.Select((token, i) => WordPiece(token, types is not null && i < types.Count && types[i] == ControlToken)).ToArray();
        if (Array.Find(plain, token => token.AsSpan().ContainsAny('\r', '\n')) is { } broken)
        {
            throw new ModelFormatException(file.Path, $"the token '{broken}' has a line break, which a vocabulary of WordPiece cannot have.");
        }

        File.WriteAllText(Path.Combine(folder, "vocab.txt"), string.Join('\n', plain) + "\n");
        JsonFile.Write(Path.Combine(folder, "tokenizer_config.json"), json =>
        {
            json.WriteStartObject();
            json.WriteString("tokenizer_class", "BertTokenizer");
            json.WriteBoolean("do_lower_case", lowerCase);
            foreach (var (key, name) in (ReadOnlySpan<(string, string)>)
                [
                    ("cls", "cls_token"), ("seperator", "sep_token"), ("unknown", "unk_token"), ("padding", "pad_token"), ("mask", "mask_token"),
                ])
            {
                if (file.Integer($"tokenizer.ggml.{key}_token_id") is >= 0 and var id && id < plain.Length)
                {
                    json.WriteString(name, plain[id]);
                }
            }

            json.WriteEndObject();
        });
    }

    private static string WordPiece(string token, bool isControl) =>
        isControl || (token.StartsWith('[') && token.EndsWith(']')) ? token
            : token.StartsWith(Space) ? token[1..]
            : "##" + token;
}
