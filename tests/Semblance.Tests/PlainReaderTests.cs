using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Semblance.Tests;

/// <summary>
/// Reads the files of the bundled model with nothing of Semblance, as their formats are specified (sentence-transformers, transformers,
/// tokenizers, safetensors), and computes its vectors in double precision.
/// </summary>
public sealed class PlainReaderTests
{
    private static readonly string Folder = Path.Combine(Fixtures.Repository, "models", "semblance-mini");

    private static readonly string[] Sentences =
    [
        "How can I change my password?", "I forgot my login.", "怎样修改密码？", "A man, in a red hat, plays the guitar!", "Unicode tokenization 42", "北京是中国的首都。",
    ];

    [Fact]
    public void A_reader_of_the_files_alone_computes_the_vectors_of_the_bundled_model()
    {
        var modules = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "modules.json")))!.AsArray();
        modules.Select(module => (string)module!["type"]!).ShouldBe(
            ["sentence_transformers.models.Transformer", "sentence_transformers.models.Pooling", "sentence_transformers.models.Normalize"]);
        var pooling = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, (string)modules[1]!["path"]!, "config.json")))!;
        ((bool)pooling["pooling_mode_mean_tokens"]!).ShouldBeTrue();

        var (tokenizer, bert) = (new Unigram(Path.Combine(Folder, "tokenizer.json")), new Bert(Folder));
        var vectors = SentenceTransformer.LoadDefault().Encode(Sentences).Vectors;
        for (var i = 0; i < Sentences.Length; i++)
        {
            var states = bert.Forward(tokenizer.Encode(Sentences[i]));
            var mean = Enumerable.Range(0, states[0].Length).Select(j => states.Average(state => state[j])).ToArray();
            var norm = Math.Sqrt(mean.Sum(x => x * x));
            vectors.Row(i).ToArray().ShouldBe(mean.Select(x => (float)(x / norm)), 1e-5f, Sentences[i]);
        }
    }

    /// <summary>Words and punctuation in lower case, each divided into the pieces with the highest sum of scores.</summary>
    private sealed class Unigram
    {
        private readonly Dictionary<string, (int Id, double Score)> _pieces = [];
        private readonly int _unknown;
        private readonly double _unknownScore;

        public Unigram(string path)
        {
            var file = JsonNode.Parse(File.ReadAllText(path))!;
            ((string)file["normalizer"]!["type"]!, (string)file["pre_tokenizer"]!["type"]!).ShouldBe(("BertNormalizer", "BertPreTokenizer"));
            var model = file["model"]!;
            ((string)model["type"]!).ShouldBe("Unigram");
            foreach (var (id, piece) in model["vocab"]!.AsArray().Index())
            {
                _pieces.Add((string)piece![0]!, (id, (double)piece[1]!));
            }

            (_unknown, _unknownScore) = ((int)model["unk_id"]!, _pieces.Values.Min(piece => piece.Score) - 10);
        }

        public int[] Encode(string text)
        {
            var words = new List<string> { "" };
            foreach (var c in text.ToLowerInvariant())
            {
                if (char.IsWhiteSpace(c) || char.IsPunctuation(c))
                {
                    words.AddRange(char.IsWhiteSpace(c) ? [""] : [c.ToString(), ""]);
                    continue;
                }

                words[^1] += c;
            }

            return [_pieces["[CLS]"].Id, .. words.Where(word => word.Length > 0).SelectMany(Pieces), _pieces["[SEP]"].Id];
        }

        private List<int> Pieces(string word)
        {
            var best = new (double Score, int Start, int Id)[word.Length + 1];
            for (var end = 1; end <= word.Length; end++)
            {
                best[end] = (double.NegativeInfinity, 0, 0);
                for (var start = 0; start < end; start++)
                {
                    var (id, score) = _pieces.TryGetValue(word[start..end], out var piece) ? piece : (_unknown, end - start == 1 ? _unknownScore : double.NegativeInfinity);
                    if (best[start].Score + score > best[end].Score)
                    {
                        best[end] = (best[start].Score + score, start, id);
                    }
                }
            }

            var ids = new List<int>();
            for (var end = word.Length; end > 0; end = best[end].Start)
            {
                ids.Insert(0, best[end].Id);
            }

            return ids;
        }
    }

    /// <summary>The encoder of Devlin et al. 2018, written out over arrays.</summary>
    private sealed class Bert
    {
        private readonly Dictionary<string, (int[] Shape, double[] Values)> _tensors = [];
        private readonly int _layers;
        private readonly int _heads;
        private readonly double _epsilon;

        public Bert(string folder)
        {
            var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!;
            ((string)config["model_type"]!, (string)config["hidden_act"]!).ShouldBe(("bert", "gelu"));
            (_layers, _heads, _epsilon) = ((int)config["num_hidden_layers"]!, (int)config["num_attention_heads"]!, (double)config["layer_norm_eps"]!);
            var file = File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));
            var data = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
            foreach (var tensor in JsonDocument.Parse(file.AsMemory(8, data - 8)).RootElement.EnumerateObject().Where(tensor => tensor.Name != "__metadata__"))
            {
                tensor.Value.GetProperty("dtype").GetString().ShouldBe("F16");
                var range = tensor.Value.GetProperty("data_offsets");
                var bytes = file.AsMemory((data + range[0].GetInt32())..(data + range[1].GetInt32()));
                double[] values = [.. Enumerable.Range(0, bytes.Length / 2).Select(i => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes.Span[(2 * i)..]))];
                _tensors.Add(tensor.Name, ([.. tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())], values));
            }
        }

        public double[][] Forward(int[] ids)
        {
            double[][] states = [.. ids.Select((id, i) => Norm(
                "embeddings.LayerNorm", Sum(Row("embeddings.word_embeddings.weight", id), Sum(Row("embeddings.position_embeddings.weight", i), Row("embeddings.token_type_embeddings.weight", 0)))))];
            for (var i = 0; i < _layers; i++)
            {
                var layer = $"encoder.layer.{i}";
                var attended = Attention($"{layer}.attention.self", states);
                states = [.. states.Zip(attended, (state, context) => Norm($"{layer}.attention.output.LayerNorm", Sum(state, Linear($"{layer}.attention.output.dense", context))))];
                states = [.. states.Select(state => Norm($"{layer}.output.LayerNorm", Sum(state, Linear($"{layer}.output.dense", [.. Linear($"{layer}.intermediate.dense", state).Select(Gelu)]))))];
            }

            return states;
        }

        private double[][] Attention(string name, double[][] states)
        {
            var (queries, keys, values) = (All("query"), All("key"), All("value"));
            var size = states[0].Length / _heads;
            return
            [
                .. queries.Select(query => Enumerable.Range(0, _heads).SelectMany(head =>
                {
                    var part = (head * size)..((head + 1) * size);
                    var weights = keys.Select(key => Math.Exp(query[part].Zip(key[part], (a, b) => a * b).Sum() / Math.Sqrt(size))).ToArray();
                    return Enumerable.Range(head * size, size).Select(column => weights.Zip(values, (weight, value) => weight * value[column]).Sum() / weights.Sum());
                }).ToArray()),
            ];

            double[][] All(string part) => [.. states.Select(state => Linear($"{name}.{part}", state))];
        }

        private double[] Linear(string name, double[] x)
        {
            var (weight, bias) = (_tensors[$"{name}.weight"], _tensors[$"{name}.bias"].Values);
            return [.. bias.Select((b, row) => b + x.Select((value, column) => value * weight.Values[(row * x.Length) + column]).Sum())];
        }

        private double[] Norm(string name, double[] x)
        {
            var (weight, bias, mean) = (_tensors[$"{name}.weight"].Values, _tensors[$"{name}.bias"].Values, x.Average());
            var deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + _epsilon);
            return [.. x.Select((value, i) => ((value - mean) / deviation * weight[i]) + bias[i])];
        }

        private double[] Row(string name, int row)
        {
            var (shape, values) = _tensors[name];
            return values[(row * shape[1])..((row + 1) * shape[1])];
        }

        private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

        // x Φ(x), with the error function by its series, which converges for the values that occur here.
        private static double Gelu(double x)
        {
            var (z, term, sum) = (x / Math.Sqrt(2), x / Math.Sqrt(2), 0.0);
            for (var n = 0; Math.Abs(term) > 1e-18 && n < 500; n++)
            {
                sum += term / ((2 * n) + 1);
                term *= -z * z / (n + 1);
            }

            return 0.5 * x * (1 + (2 / Math.Sqrt(Math.PI) * sum));
        }
    }
}
