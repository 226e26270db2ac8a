using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Tensors;

namespace Semblance.Tests.Index;

public sealed class VectorRecordsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lines_are_texts_with_numbers_and_blank_ones_count()
    {
        var records = new VectorRecords(Write("a.txt", "one\n\nthree\n"));
        records.HasVectors.ShouldBeFalse();
        (await records.ReadAsync(firstId: 5).ToListAsync()).Select(record => (record.Id.Number, record.Text, record.Vector.Length)).ShouldBe([(5, "one", 0), (6, "", 0), (7, "three", 0)]);
    }

    [Fact]
    public async Task Rows_have_ids_texts_and_labels_and_null_is_none()
    {
        var rows = await Read("""{"id":"x","text":"a","k":null,"n":3}""", "", """{"text":"b","id":null}""", """{"text":"c","id":"5"}""");
        rows.Select(record => (record.Id, record.Text)).ShouldBe([(new VectorId("x"), "a"), (new VectorId(1), "b"), (new VectorId("5"), "c")]);
        rows[0].Metadata.ShouldBe(new Dictionary<string, string> { ["n"] = "3" });
        rows[1].Metadata.ShouldBeNull();
    }

    [Fact]
    public async Task An_id_that_a_list_names_twice_is_an_error_that_names_both_lines()
    {
        var records = new VectorRecords(Write("a.txt", "one\ntwo\nthree\n")) { Ids = Write("ids", "x\ny\nx\n") };
        var error = await Should.ThrowAsync<TextFormatException>(async () => await records.ReadAsync().ToListAsync());
        error.Message.ShouldBe($"{_folder.Of("ids")}, line 3: the id 'x' is that of line 1 too; each record needs one of its own.");
    }

    [Fact]
    public async Task Numbers_end_with_the_largest_and_do_not_begin_again()
    {
        var records = new VectorRecords(Write("a.txt", "one\ntwo\n"));
        (await records.ReadAsync(long.MaxValue - 1).ToListAsync()).Select(record => record.Id.Number).ShouldBe([long.MaxValue - 1, long.MaxValue]);
        var error = await Should.ThrowAsync<TextFormatException>(async () => await records.ReadAsync(long.MaxValue).ToListAsync());
        error.Message.ShouldContain("no whole number is left");
        (await Read("""{"text":"a","id":"x"}""")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Rows_may_bring_their_vectors()
    {
        var path = Write("a.jsonl", """{"text":"a","embedding":[1,0.5],"k":"v"}""" + "\n" + """{"vector":[3,4]}""" + "\n");
        var records = new VectorRecords(path);
        records.HasVectors.ShouldBeTrue();
        var read = await records.ReadAsync().ToListAsync();
        read.Select(record => (record.Id.Number, record.Text)).ShouldBe([(1, "a"), (2, null)]);
        read.SelectMany(record => record.Vector.ToArray()).ShouldBe([1, 0.5f, 3, 4]);
        read[0].Metadata!.Keys.ShouldBe(["k"]);
        VectorMatrix.Open(path).ToTensor().Values.ToArray().ShouldBe([1, 0.5f, 3, 4]);
    }

    [Theory]
    [InlineData("""{"text":"a","id":2}|{"text":"b"}""", "line 2: some rows have a number as 'id'")]
    [InlineData("""{"text":"a"}|{"text":"b","id":1}""", "line 2: some rows have a number as 'id'")]
    [InlineData("""{"text":"a","id":18446744073709551616}""", "line 1: the id is 18446744073709551616")]
    [InlineData("""{"text":null}""", "line 1: 'text' is null")]
    [InlineData("""{"text":"a"}|[]""", "line 2: a JSON object with 'text' is expected")]
    [InlineData("""{"text":"a","k":1,"k":2}""", "line 1: 'k' comes twice")]
    [InlineData("""{"embedding":[1,2]}|{"embedding":[1]}""", "line 2: the vector has 1 elements; 2 are expected")]
    [InlineData("""{"embedding":[1,2]}|{"text":"a"}""", "line 2: a JSON object with 'embedding' is expected")]
    [InlineData("""{"embedding":[]}""", "line 1: the vector has 0 elements")]
    [InlineData("""{"embedding":[1e999]}""", "line 1: element 0 of 'embedding' is 1e999")]
    [InlineData("""{"embedding":[1,0],"precision":"ubinary"}""", "line 1: the precision is 'ubinary'; float32, int8 and uint8 are read")]
    [InlineData("""{"embedding":[1,0],"precision":"int8"}""", "line 1: int8 needs its ranges in")]
    public async Task A_broken_row_names_file_and_line(string rows, string problem)
    {
        var error = await Should.ThrowAsync<TextFormatException>(() => Read(rows.Split('|')));
        error.Message.ShouldStartWith($"{_folder.Of("a.jsonl")}, {problem}");
    }

    [Fact]
    public async Task Ids_and_texts_of_another_number_are_named_before_the_first_record()
    {
        var vectors = _folder.Of("v.npy");
        VectorMatrix.Of(Tensor.From([1, 0, 0, 1, 1, 1], 3, 2)).Save(vectors);
        var (two, three, four) = (Write("2.txt", "a\nb\n"), Write("3.txt", "a\n7\n-9223372036854775808\n"), Write("4.txt", "id\na\nb\nc\n"));
        var texts = Write("t.txt", "x\n\nz\n");
        await Unequal(new VectorRecords(vectors) { Ids = four }, $"{four}: there are 4 ids, but {vectors} has 3 vectors");
        await Unequal(new VectorRecords(vectors) { Ids = two }, $"{two}: there are only 2 ids, but {vectors} has 3 vectors");
        await Unequal(new VectorRecords(vectors) { Texts = four }, $"{four}: there are 4 texts, but {vectors} has 3 vectors");
        await Unequal(new VectorRecords(texts) { Ids = four }, $"{four}: there are 4 ids, but {texts} has 3 texts");
        await Unequal(new VectorRecords(Write("r.jsonl", "{\"text\":\"a\"}\n\n{\"text\":\"b\"}\n")) { Ids = three }, $"{three}: there are 3 ids, but {_folder.Of("r.jsonl")} has 2 texts");
        await Unequal(new VectorRecords(texts) { Texts = texts }, $"{texts}: texts in a file of their own");
        var read = await new VectorRecords(vectors) { Ids = three, Texts = texts }.ReadAsync().ToListAsync();
        read.Select(record => (record.Id, record.Text)).ShouldBe([(new VectorId("a"), "x"), (new VectorId(7), ""), (new VectorId(long.MinValue), "z")]);

        static async Task Unequal(VectorRecords records, string problem)
        {
            var count = 0;
            var error = await Should.ThrowAsync<TextFormatException>(async () =>
            {
                await foreach (var record in records.ReadAsync())
                {
                    count++;
                }
            });
            (count, error.Message[..Math.Min(error.Message.Length, problem.Length)]).ShouldBe((0, problem));
        }
    }

    [Theory]
    [InlineData("9223372036854775808", "line 1: the id is 9223372036854775808")]
    [InlineData("-9223372036854775809", "line 1: the id is -9223372036854775809")]
    [InlineData("", "line 1: the line is empty; an id is expected")]
    public async Task An_id_that_cannot_be_kept_is_named(string id, string problem)
    {
        var ids = Write("ids.txt", id + "\n");
        var error = await Should.ThrowAsync<TextFormatException>(() => new VectorRecords(Write("a.txt", "a\n")) { Ids = ids }.ReadAsync().ToListAsync().AsTask());
        error.Message.ShouldStartWith($"{ids}, {problem}");
    }

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("-5", -5L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_whole_number_is_a_number(string text, long number) => VectorId.Parse(text).ShouldBe(new VectorId(number));

    [Theory]
    [InlineData("007")]
    [InlineData("-0")]
    [InlineData("+5")]
    [InlineData("-")]
    [InlineData("")]
    [InlineData("1.0")]
    [InlineData(" 1")]
    [InlineData("00000000000000000000000001")]
    public void Anything_else_is_a_text(string text) => VectorId.Parse(text).ShouldBe(new VectorId(text));

    [Fact]
    public async Task Bytes_are_read_with_their_ranges_or_not_at_all()
    {
        var random = new Random(7);
        var vectors = Tensor.From([.. Enumerable.Range(0, 200 * 16).Select(_ => random.NextSingle() - 0.5f)], 200, 16);
        foreach (var precision in (Precision[])[Precision.Int8, Precision.UInt8])
        {
            var matrix = VectorMatrix.Quantize(vectors, new Quantizer(precision, 16, QuantizationRanges.Of(vectors)));
            foreach (var name in (string[])["v.npy", "v.safetensors"])
            {
                var path = _folder.Of(name);
                matrix.Save(path);
                var read = (await new VectorRecords(path).ReadAsync().ToListAsync()).SelectMany(record => record.Vector.ToArray()).ToArray();
                read.ShouldBe(matrix.ToTensor().Values.ToArray());
                read.Zip(vectors.Values.ToArray()).Max(pair => Math.Abs(pair.First - pair.Second)).ShouldBeLessThan(0.01f);
                File.Delete(QuantizationRanges.PathBeside(path));
                (await Should.ThrowAsync<CheckpointFormatException>(() => new VectorRecords(path).ReadAsync().ToListAsync().AsTask())).Message.ShouldContain($"{path}.ranges.safetensors, which is missing");
            }
        }

        var bits = _folder.Of("bits.npy");
        VectorMatrix.Quantize(vectors, new Quantizer(Precision.UBinary, 16)).Save(bits);
        (await Should.ThrowAsync<CheckpointFormatException>(() => new VectorRecords(bits).ReadAsync().ToListAsync().AsTask())).Message.ShouldContain("packed bits");
    }

    [Fact]
    public async Task A_value_that_is_not_finite_is_named()
    {
        var path = _folder.Of("v.npy");
        VectorMatrix.Of(Tensor.From([1, 0, 0, float.NaN], 2, 2)).Save(path);
        const string Problem = "element 1 of vector 2 is NaN; a finite float32 is expected";
        (await Should.ThrowAsync<CheckpointFormatException>(() => new VectorRecords(path).ReadAsync().ToListAsync().AsTask())).Message.ShouldContain(Problem);
        Should.Throw<CheckpointFormatException>(() => VectorMatrix.Open(path).ToTensor()).Message.ShouldContain(Problem);
    }

    private Task<List<VectorRecord>> Read(params string[] rows) => new VectorRecords(Write("a.jsonl", string.Concat(rows.Select(row => row + "\n")))).ReadAsync().ToListAsync().AsTask();

    private string Write(string name, string content) => _folder.Write(name, content);
}
