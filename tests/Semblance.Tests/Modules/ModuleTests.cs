using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Tests.Modules;

public class ModuleTests
{
    [Theory]
    [InlineData("cls", Pooling.Cls)]
    [InlineData("max", Pooling.Max)]
    [InlineData("mean", Pooling.Mean)]
    [InlineData("mean_sqrt_len_tokens", Pooling.MeanSqrtLength)]
    [InlineData("weightedmean", Pooling.WeightedMean)]
    [InlineData("lasttoken", Pooling.LastToken)]
    public void Every_pooling_equals_the_original(string name, Pooling mode)
    {
        var file = SafetensorsFile.Open(Fixtures.Own("st/pooling/expected.safetensors"));
        var tokens = file.Read("token_embeddings"); // [texts, width, hidden]
        int texts = tokens.Shape[0], width = tokens.Shape[1], hidden = tokens.Columns;
        foreach (var side in new[] { "right", "left" })
        {
            if (side == "left" && mode == Pooling.Cls)
            {
                continue; // recorded from a vector of its own, not from the tokens
            }

            var mask = file.ReadInt64(side == "left" ? "attention_mask_left" : "attention_mask");
            for (var text = 0; text < texts; text++)
            {
                var row = mask.AsSpan(text * width, width);
                var count = 0;
                foreach (var bit in row)
                {
                    count += (int)bit;
                }

                // On the left, padding counts as a prompt that is left out; on the right it is not there at all.
                var (length, skip) = side == "left" ? (width, width - count) : (count, 0);
                var x = Tensor.From(tokens.Values.Slice(text * width * hidden, length * hidden), length, hidden);
                using var run = new Computation();
                var pooled = run.Pool(x, PackedBatch.From([new int[length]]), [mode], skip);
                for (var i = 0; i < hidden; i++)
                {
                    var expected = mode == Pooling.Cls ? file.Read("right.cls").Row(text)[i] : file.Read($"{side}.{name}").Row(text)[i];
                    pooled.Values[i].ShouldBe(expected, 2e-5f, $"{side} text {text} element {i}");
                }
            }
        }
    }

    [Fact]
    public void Flags_of_pooling_that_are_all_false_mean_the_mean_as_in_the_original()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/mean-normalize"));
        var expected = SentenceTransformer.Load(folder.Path).Encode("a man rides");
        JsonEdit.Set(folder.Of("1_Pooling/config.json"), "pooling_mode_mean_tokens", "false");
        SentenceTransformer.Load(folder.Path).Encode("a man rides").ShouldBe(expected);
    }

    [Theory]
    [InlineData("modules.json", "sentence_transformers.models.Pooling", "sentence_transformers.models.Funnel", "models.Funnel' is not supported; modules that are: Asym, BoW")]
    [InlineData("modules.json", "sentence_transformers.models.Pooling", "custom_code.Pooling", "custom_code.Pooling")]
    [InlineData("modules.json", "1_Pooling", "../1_Pooling", "leads out")]
    [InlineData("modules.json", "\"type\"", "\"kind\"", "'type'")]
    [InlineData("1_Pooling/config.json", "\"pooling_mode_cls_token\": true", "\"pooling_mode\": []", "'pooling_mode' is an empty list")]
    [InlineData("1_Pooling/config.json", "\"pooling_mode_lasttoken\": false", "\"pooling_mode_median\": true", "pooling_mode_median")]
    [InlineData("2_Dense/config.json", "activation.Tanh", "activation.Softmax", "Softmax")]
    [InlineData("2_Dense/config.json", "\"in_features\": 32", "\"in_features\": 33", "[20, 33]")]
    [InlineData("config_sentence_transformers.json", "\"similarity_fn_name\": \"cosine\"", "\"similarity_fn_name\": \"jaccard\"", "jaccard")]
    [InlineData("config_sentence_transformers.json", "\"default_prompt_name\": null", "\"default_prompt_name\": \"title\"", "title")]
    [InlineData("sentence_bert_config.json", "\"max_seq_length\": 64", "\"max_seq_length\": 0", "max_seq_length")]
    public void A_file_that_lies_is_named(string file, string old, string replacement, string named)
    {
        var source = Fixtures.Own("st/cls-dense");
        var folder = Directory.CreateTempSubdirectory("semblance-");
        try
        {
            foreach (var path in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(folder.FullName, Path.GetRelativePath(source, path));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(path, target);
            }

            var edited = Path.Combine(folder.FullName, file);
            var text = File.ReadAllText(edited);
            text.ShouldContain(old);
            File.WriteAllText(edited, text.Replace(old, replacement, StringComparison.Ordinal));
            var fault = Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.FullName));
            fault.Message.ShouldContain(named);
            fault.Message.ShouldContain(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Modules_in_an_impossible_order_say_so()
    {
        Should.Throw<ArgumentException>(() => new SentenceTransformer([new NormalizeModule()]));
        var transformer = SentenceTransformer.Load(Fixtures.Own("st/cls-dense")).Modules[0];
        Should.Throw<ArgumentException>(() => new SentenceTransformer([transformer, new NormalizeModule()])).Message.ShouldContain("module 1, Normalize, works on the vector of a text, but there is no pooling before it");
    }
}
