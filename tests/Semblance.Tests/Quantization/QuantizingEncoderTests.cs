using Semblance.Checkpoints;

namespace Semblance.Tests.Quantization;

public sealed class QuantizingEncoderTests : IDisposable
{
    private static readonly SentenceTransformer Model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
    private static readonly string[] Texts = [.. Enumerable.Range(0, 120).Select(i => $"text {i} of the stream")];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Precision.Float32, DType.F32)]
    [InlineData(Precision.Float16, DType.F16)]
    [InlineData(Precision.BFloat16, DType.BF16)]
    [InlineData(Precision.Int8, DType.I8)]
    [InlineData(Precision.UBinary, DType.U8)]
    public async Task A_stream_is_written_to_a_file_at_a_precision(Precision precision, DType type)
    {
        var encoder = new QuantizingEncoder(Model, precision: precision);
        var path = _folder.Of(precision == Precision.BFloat16 ? "v.safetensors" : "v.npy");
        using (var writer = EmbeddingWriter.Create(path, encoder))
        {
            var counts = await writer.WriteAsync(encoder.EncodeAsync(Texts.ToAsyncEnumerable()));
            var all = Model.Encode(Texts);
            counts.ShouldBe(new EmbeddingCounts(120, all.TokenCounts.Sum(), all.Truncated.Count(truncated => truncated)));
        }

        var file = MappedMatrix.Open(path);
        (file.DType, file.Rows).ShouldBe((type, 120));
        File.Exists(QuantizationRanges.PathBeside(path)).ShouldBe(precision == Precision.Int8);
        var whole = encoder.Restored(Model.Encode(Texts));
        var row = 0;
        await foreach (var embedding in encoder.EncodeAsync(Texts.ToAsyncEnumerable()))
        {
            encoder.Restore(embedding).ToArray().ShouldBe(whole.Row(row++).ToArray());
        }
    }

    [Fact]
    public async Task Bfloat16_is_written_as_numbers_to_lines_and_refused_for_npy()
    {
        var encoder = new QuantizingEncoder(Model, precision: Precision.BFloat16);
        Should.Throw<ArgumentException>(() => EmbeddingWriter.Create(_folder.Of("v.npy"), encoder)).Message.ShouldContain("NumPy has no bfloat16");
        using (var writer = EmbeddingWriter.Create(_folder.Of("v.jsonl"), encoder))
        {
            await writer.WriteAsync(encoder.EncodeAsync(Texts.ToAsyncEnumerable()));
        }

        VectorMatrix.Open(_folder.Of("v.jsonl")).ToTensor().Values.ToArray().ShouldBe(encoder.Restored(Model.Encode(Texts)).Values.ToArray());
    }

    [Fact]
    public async Task Ranges_come_from_other_texts_where_they_are_given()
    {
        var encoder = new QuantizingEncoder(Model, precision: Precision.Int8);
        (await Should.ThrowAsync<CalibrationException>(async () => await encoder.EncodeAsync(Texts[..5].ToAsyncEnumerable()).ToListAsync())).Count.ShouldBe(5);
        await encoder.CalibrateAsync(Texts.ToAsyncEnumerable());
        encoder.Ranges!.Count.ShouldBe(120);
        (await encoder.EncodeAsync(Texts[..5].ToAsyncEnumerable()).CountAsync()).ShouldBe(5);
    }

    [Fact]
    public void A_file_of_another_ending_is_refused() =>
        Should.Throw<ArgumentException>(() => EmbeddingWriter.Create(_folder.Of("v.txt"), new QuantizingEncoder(Model))).Message.ShouldContain(".safetensors");
}
