using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Cli.Tests.Commands;

public class EncodeCommandTests
{
    [Theory]
    [InlineData("mean-normalize")]
    [InlineData("cls-dense")]
    [InlineData("prompts-dot")]
    [InlineData("prompts-excluded")]
    [InlineData("multi-pool-layernorm")]
    public async Task Every_format_holds_the_recorded_vectors(string name)
    {
        var model = new RecordedModel(name);
        using var folder = new TemporaryFolder();
        var input = folder.Write("in.txt", model.Text);
        foreach (var ending in (string[])["npy", "safetensors", "jsonl"])
        {
            var outcome = (await Outcome.OfAsync("encode", "--model", model.Folder, "--input", input, "--output", folder.Of($"out.{ending}"))).Done();
            outcome.Output.ShouldBeEmpty();
            outcome.Notes.ShouldHaveSingleItem().ShouldStartWith("encoded 16 lines");
        }

        model.ShouldEqual("encode", NpyFile.Open(folder.Of("out.npy")).Read().Values);
        model.ShouldEqual("encode", SafetensorsFile.Open(folder.Of("out.safetensors")).Read("embeddings").Values);
        var records = File.ReadLines(folder.Of("out.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        records.Select(record => record.GetProperty("text").GetString()).ShouldBe(model.Sentences);
        model.ShouldEqual("encode", Vectors(records));
        folder.Files.ShouldBe(["in.txt", "out.jsonl", "out.npy", "out.safetensors"]);
    }

    [Fact]
    public async Task Standard_input_becomes_json_lines_on_standard_output()
    {
        var model = new RecordedModel("mean-normalize");
        var outcome = (await Outcome.WithInputAsync(model.Text, "encode", "--model", model.Folder, "--batch-tokens", "20", "--threads", "1")).Done();
        model.ShouldEqual("encode", Vectors(outcome.Lines.Select(line => JsonDocument.Parse(line).RootElement)));
    }

    [Fact]
    public async Task Options_reach_the_model()
    {
        var model = new RecordedModel("prompts-dot");
        var outcome = (await Outcome.WithInputAsync(model.Text, "encode", "--model", model.Folder, "--prompt-name", "query")).Done();
        model.ShouldEqual("encode_query", Vectors(outcome.Lines.Select(line => JsonDocument.Parse(line).RootElement)));
        var plain = new RecordedModel("mean-normalize");
        outcome = (await Outcome.WithInputAsync(plain.Text, "encode", "--model", plain.Folder, "--dimensions", "16", "--normalize")).Done();
        plain.ShouldEqual("encode_truncate_16_normalized", Vectors(outcome.Lines.Select(line => JsonDocument.Parse(line).RootElement)));
    }

    [Fact]
    public async Task A_compressed_input_is_read()
    {
        var model = new RecordedModel("mean-normalize");
        using var folder = new TemporaryFolder();
        using (var gzip = new GZipStream(File.Create(folder.Of("in.txt.gz")), CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(model.Text));
        }

        (await Outcome.OfAsync("encode", "--model", model.Folder, "--input", folder.Of("in.txt.gz"), "--output", folder.Of("out.npy"))).Done();
        model.ShouldEqual("encode", NpyFile.Open(folder.Of("out.npy")).Read().Values);
    }

    [Theory]
    [InlineData("int8", DType.I8, 32)]
    [InlineData("uint8", DType.U8, 32)]
    [InlineData("binary", DType.I8, 4)]
    [InlineData("ubinary", DType.U8, 4)]
    public async Task A_precision_is_what_the_quantizer_makes_of_all_vectors(string name, DType type, int columns)
    {
        var model = new RecordedModel("mean-normalize");
        using var folder = new TemporaryFolder();
        var texts = Enumerable.Range(0, 120).Select(i => $"{model.Sentences[i % 14]} {i}").ToArray();
        var input = folder.Write("in.txt", string.Join('\n', texts));
        (await Outcome.OfAsync("encode", "--model", model.Folder, "--input", input, "--output", folder.Of("out.npy"), "--precision", name)).Done();
        (await Outcome.OfAsync("encode", "--model", model.Folder, "--input", input, "--output", folder.Of("out.jsonl"), "--precision", name)).Done();

        var vectors = SentenceTransformer.Load(model.Folder).Encode(texts).Vectors;
        var quantizer = new Quantizer(Enum.Parse<Precision>(name, ignoreCase: true), 32, QuantizationRanges.Of(vectors));
        var expected = new byte[vectors.Rows * columns];
        for (var i = 0; i < vectors.Rows; i++)
        {
            quantizer.Quantize(vectors.Row(i), expected.AsSpan(i * columns, columns));
        }

        var file = NpyFile.Open(folder.Of("out.npy"));
        (file.DType, file.Rows, file.Columns).ShouldBe((type, 120, columns));
        var isSigned = type == DType.I8;
        (isSigned ? file.ReadInt8().Select(value => (byte)value) : file.ReadUInt8()).ShouldBe(expected);
        File.ReadLines(folder.Of("out.jsonl")).SelectMany(line => JsonDocument.Parse(line).RootElement.GetProperty("embedding").EnumerateArray())
            .Select(value => value.GetInt32()).ShouldBe(expected.Select(value => isSigned ? (sbyte)value : (int)value));
    }

    [Fact]
    public async Task Few_texts_are_quantized_with_the_ranges_of_others()
    {
        var model = new RecordedModel("mean-normalize");
        using var folder = new TemporaryFolder();
        var calibration = folder.Write("more.txt", string.Concat(Enumerable.Range(0, 100).Select(i => $"{model.Sentences[i % 14]} {i}\n")));
        var outcome = await Outcome.WithInputAsync("Hi\n", "encode", "--model", model.Folder, "--precision", "int8", "--calibration", calibration);
        outcome.Done().Lines.Length.ShouldBe(1);
        outcome = await Outcome.WithInputAsync("Hi\n", "encode", "--model", model.Folder, "--precision", "int8");
        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("--calibration");
    }

    [Fact]
    public async Task More_texts_than_give_ranges_stay_in_order()
    {
        var model = new RecordedModel("mean-normalize");
        var text = string.Concat(Enumerable.Range(0, 10_500).Select(i => $"{i}\n"));
        var outcome = (await Outcome.WithInputAsync(text, "encode", "--model", model.Folder, "--precision", "uint8", "--dimensions", "1")).Done();
        outcome.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString())
            .ShouldBe(Enumerable.Range(0, 10_500).Select(i => $"{i}"));
    }

    [Fact]
    public async Task Images_become_vectors_beside_those_of_texts()
    {
        using var folder = new TemporaryFolder();
        var clip = Fixtures.Own("models/clip");
        Directory.CreateDirectory(folder.Of("m/0_CLIPModel"));
        foreach (var file in new[] { Path.Combine(clip, "config.json"), Path.Combine(clip, "model.safetensors"), Fixtures.Own("images/processor-32/preprocessor_config.json") })
        {
            File.WriteAllBytes(folder.Of("m/0_CLIPModel/" + Path.GetFileName(file)), File.ReadAllBytes(file));
        }

        Tokenizers.Tokenizer.CreateBert(["[UNK]", "[CLS]", "[SEP]", "man"]).Save(folder.Of("m/0_CLIPModel"));
        folder.Write("m/modules.json", """[{"idx": 0, "name": "0", "path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"}]""");
        var paths = Enumerable.Range(0, 3).Select(i => Fixtures.Own($"images/{i}.png")).ToArray();
        (await Outcome.OfAsync("encode", "--model", folder.Of("m"), "--images", "--input", folder.Write("paths.txt", string.Join('\n', paths)), "--output", folder.Of("o.safetensors"))).Done();
        var pixels = SafetensorsFile.Open(Fixtures.Own("images/expected.safetensors")).Read("pixel_values.32");
        using var run = new Computation();
        var expected = Transformers.Clip.ClipModel.Load(clip).ImageFeatures(run, pixels);
        var actual = SafetensorsFile.Open(folder.Of("o.safetensors")).Read("embeddings");
        actual.Shape.ToArray().ShouldBe([3, 28]);
        for (var i = 0; i < actual.Length; i++)
        {
            actual.Values[i].ShouldBe(expected.Values[i], 1e-4f);
        }

        foreach (var (model, problem) in new[] { (Fixtures.Own("st/cls-dense"), "takes no images"), (folder.Of("m"), "nowhere.png: there is no such image") })
        {
            var none = await Outcome.WithInputAsync("nowhere.png\n", "encode", "--model", model, "--images");
            none.ExitCode.ShouldBe(1);
            none.ErrorLines.ShouldHaveSingleItem().ShouldContain(problem);
        }
    }

    [Fact]
    public async Task No_text_is_no_row()
    {
        var model = new RecordedModel("mean-normalize");
        using var folder = new TemporaryFolder();
        (await Outcome.OfAsync("encode", "--model", model.Folder, "--output", folder.Of("out.npy"))).Done();
        (NpyFile.Open(folder.Of("out.npy")).Rows, NpyFile.Open(folder.Of("out.npy")).Columns).ShouldBe((0, 32));
    }

    private static float[] Vectors(IEnumerable<JsonElement> records) =>
        [.. records.SelectMany(record => record.GetProperty("embedding").EnumerateArray()).Select(value => value.GetSingle())];
}
