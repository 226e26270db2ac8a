using System.IO.Compression;
using System.Text;

namespace Semblance.Training.Tests;

public sealed class DatasetReaderTests : IDisposable
{
    private static readonly ColumnMapping Pair = new("a", "b") { Score = "score", ScoreRange = (0, 5) };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x.tsv", "score\tb\ta\n5\tzwei\teins \"1\"\n2.5\tvier\tdrei\n")]
    [InlineData("x.tsv", "\uFEFFscore\tb\ta\r\n5\tzwei\teins \"1\"\r\n\r\n2.5\tvier\tdrei")]
    [InlineData("x.csv", "a,b,score\n\"eins \"\"1\"\"\",zwei,5\n\ndrei,vier,2.5\n")]
    [InlineData("x.jsonl", "{\"a\":\"eins \\\"1\\\"\",\"b\":\"zwei\",\"score\":5}\n\n{\"score\":\"2.5\",\"b\":\"vier\",\"a\":\"drei\",\"c\":null}\n")]
    public void Every_format_gives_the_same_rows_plain_or_compressed(string name, string content)
    {
        foreach (var path in new[] { Write(name, content), Compress(name, content) })
        {
            var rows = new DatasetReader(path, Pair).ToList();
            rows.Select(row => (row.Texts[0], row.Texts[1], row.Score)).ShouldBe([("eins \"1\"", "zwei", 1f), ("drei", "vier", 0.5f)]);
        }
    }

    [Fact]
    public void Plain_text_is_a_text_a_line() =>
        new DatasetReader(Write("x.txt", "eins\t1\n\n zwei\r\n")).Select(row => row.Texts.Single()).ShouldBe(["eins\t1", " zwei"]);

    [Fact]
    public void Columns_without_names_have_numbers()
    {
        var columns = new ColumnMapping("2", "0");
        new DatasetReader(Write("x.tsv", "b\t-\ta\n"), columns) { Header = false }.Single().Texts.ShouldBe(["a", "b"]);
        new DatasetReader(Write("x.jsonl", "[\"b\", null, \"a\"]\n"), columns).Single().Texts.ShouldBe(["a", "b"]);
    }

    [Theory]
    [InlineData("x.tsv", "q\td\tm1\tm2\n1\t2\t0.5\t-2\n3\t4\t1e-2\t3\n", "m1", "m2")]
    [InlineData("x.tsv", "q\td\tm\n1\t2\t[0.5, -2]\n3\t4\t[1e-2,3]\n", "m")]
    [InlineData("x.jsonl", "{\"q\":\"1\",\"d\":\"2\",\"m\":[0.5, -2]}\n{\"q\":\"3\",\"d\":\"4\",\"m\":[0.01, 3]}\n", "m")]
    [InlineData("x.jsonl", "{\"q\":\"1\",\"d\":\"2\",\"m\":0.5,\"n\":[-2]}\n{\"q\":\"3\",\"d\":\"4\",\"m\":\"0.01\",\"n\":3}\n", "m", "n")]
    public void Targets_come_from_several_columns_or_from_arrays(string name, string content, params string[] columns)
    {
        var rows = new DatasetReader(Write(name, content), new ColumnMapping("q", "d") { Targets = columns }).ToList();
        rows.Select(row => row.Texts[1]).ShouldBe(["2", "4"]);
        rows[0].Targets.ShouldBe([0.5f, -2]);
        rows[1].Targets.ShouldBe([0.01f, 3]);
    }

    [Fact]
    public void Score_label_and_targets_keep_apart()
    {
        var columns = new ColumnMapping("q") { Score = "s", Label = "l", Targets = ["m", "n"] };
        var row = new DatasetReader(Write("x.tsv", "m\tl\tq\tn\ts\n1\t2\t3\t4\t5\n"), columns).Single();
        (row.Score, row.Label).ShouldBe((5f, 2));
        row.Targets.ShouldBe([1f, 4]);
        new DatasetReader(Write("y.tsv", "q\n1\n"), new ColumnMapping("q")).Single().Targets.ShouldBeNull();
    }

    [Theory]
    [InlineData("x.jsonl", "{\"q\":\"1\",\"m\":[1, 2]}\n{\"q\":\"1\",\"m\":[1]}\n", 2, "1 targets; 2 are expected")]
    [InlineData("x.jsonl", "{\"q\":\"1\",\"m\":[]}\n", 1, "the target is ''")]
    [InlineData("x.jsonl", "{\"q\":\"1\",\"m\":[[1]]}\n", 1, "the target is '[1]'")]
    [InlineData("x.jsonl", "{\"q\":[1],\"m\":1}\n", 1, "'q' is [1]; a text is expected")]
    [InlineData("x.tsv", "q\tm\n1\t[1, x]\n", 2, "the target is ' x'")]
    public void Broken_targets_are_named(string name, string content, long line, string problem)
    {
        var error = Should.Throw<DatasetException>(() => new DatasetReader(Write(name, content), new ColumnMapping("q") { Targets = ["m"] }).Count());
        error.Message.ShouldContain(problem);
        error.Line.ShouldBe(line);
    }

    [Fact]
    public void A_quoted_field_holds_commas_lines_and_quotes()
    {
        var path = Write("x.csv", "a,b\n\"one, \"\"two\"\"\n\nthree\",\" x \"\n5\" disk,\"\"\"\"\n");
        var rows = new DatasetReader(path, new ColumnMapping("a", "b")).ToList();
        rows[0].Texts.ShouldBe(["one, \"two\"\n\nthree", " x "]);
        rows[1].Texts.ShouldBe(["5\" disk", "\""]);
    }

    [Theory]
    [InlineData("x.tsv", "a\tb\tscore\n1\t2\t3\n1\t2\n", 3, "2 columns; 3 are expected")]
    [InlineData("x.tsv", "a\tb\tscore\n1\t2\thigh\n", 2, "'high'")]
    [InlineData("x.tsv", "a\tb\tscore\n1\t2\t5.1\n", 2, "from 0 to 5")]
    [InlineData("x.tsv", "a\tb\tscore\n1\t2\tNaN\n", 2, "'NaN'")]
    [InlineData("x.tsv", "a\tb\tscore\n1\t2\tInfinity\n", 2, "'Infinity'")]
    [InlineData("x.tsv", "a\tb\tscore\n1\t2\t1e999\n", 2, "'1e999'")]
    [InlineData("x.csv", "a,b,score\n1,2,3,4\n", 2, "4 columns; 3 are expected")]
    [InlineData("x.csv", "a,b,score\n\"1\n1\n\",\"2\n,3\n1,2,3\n", 4, "opens a field that is not closed")]
    [InlineData("x.jsonl", "{\"a\":null,\"b\":\"2\",\"score\":1}\n", 1, "'a' is null")]
    [InlineData("x.jsonl", "{\"a\":7,\"b\":\"2\",\"score\":1}\n", 1, "'a' is 7; a text is expected")]
    [InlineData("x.jsonl", "{\"a\":\"1\",\"b\":\"2\",\"score\":true}\n", 1, "'score' is true; a text or a number is expected")]
    [InlineData("x.jsonl", "{\"a\":\"1\",\"a\":\"1\",\"b\":\"2\",\"score\":1}\n", 1, "'a' comes twice")]
    [InlineData("x.tsv", "a\tb\tscore\n1\t \t1\n", 2, "column 'b' is empty")]
    [InlineData("x.tsv", "a\tb\n1\t2\n", 1, "no column 'score'; the columns are a, b")]
    [InlineData("x.tsv", "a\tb\tb\tscore\n1\t2\t3\t4\n", 1, "2 columns 'b'")]
    [InlineData("x.csv", "a,b,score\n\"1\n\"x,2,3\n", 2, "after a closing double quote")]
    [InlineData("x.csv", "a,b,score\n1,2,3\n1,\"2,3\n1,2,3\n", 3, "opens a field that is not closed")]
    [InlineData("x.jsonl", "{\"a\":\"1\",\"b\":\"2\"}\n", 1, "no 'score'")]
    [InlineData("x.jsonl", "\n{\"a\":\"1\",\"b\":[],\"score\":1}\n", 2, "'b' is []; a text is expected")]
    [InlineData("x.jsonl", "{\"a\":\"\\ud800\",\"b\":\"2\",\"score\":1}\n", 1, "surrogate")]
    [InlineData("x.jsonl", "{\"a\":\n", 1, "not a JSON value")]
    [InlineData("x.jsonl", "7\n", 1, "neither")]
    public void A_broken_row_names_file_and_line(string name, string content, long line, string problem)
    {
        var path = Write(name, content);
        var error = Should.Throw<DatasetException>(() => new DatasetReader(path, Pair).Count());
        error.Message.ShouldStartWith($"{path}, line {line}: ");
        error.Message.ShouldContain(problem);
        error.Line.ShouldBe(line);
    }

    [Theory]
    [InlineData("99999999999")]
    [InlineData("1.5")]
    [InlineData("-1")]
    [InlineData("one")]
    public void A_label_that_is_no_whole_number_is_named(string label)
    {
        var path = Write("x.tsv", $"label\ta\n{label}\teins\n");
        Should.Throw<DatasetException>(() => new DatasetReader(path, new ColumnMapping("a") { Label = "label" }).Count())
            .Message.ShouldBe($"{path}, line 2: the label is '{label}'; a whole number from 0 to 2147483647 is expected; give label names if labels are texts.");
    }

    [Fact]
    public void A_quote_that_nothing_closes_is_bounded_and_named_by_its_line()
    {
        var path = _folder.File("x.csv.gz");
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            gzip.Write("a,b\n1,2\n3,\"4\n"u8);
            var lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20\n", 1000)));
            for (var i = 0; i < 1000; i++)
            {
                gzip.Write(lines);
            }
        }

        foreach (var broken in Enum.GetValues<BrokenRows>())
        {
            var error = Should.Throw<DatasetException>(() => new DatasetReader(path, new ColumnMapping("a", "b")) { BrokenRows = broken }.Count());
            error.Message.ShouldBe($"{path}, line 3: a double quote opens a field that is not closed within 16 Mi characters; close it, or double the quotes inside the field.");
        }
    }

    [Fact]
    public void A_header_of_CSV_may_have_line_ends_within_quotes() =>
        DatasetReader.ColumnNames(Write("x.csv", "\"a\nb\",c\n1,2\n")).ShouldBe(["a\nb", "c"]);

    [Theory]
    [InlineData("x.tsv")]
    [InlineData("x.csv")]
    [InlineData("x.jsonl")]
    [InlineData("x.txt")]
    public void What_is_not_UTF_8_at_all_is_an_error_and_no_row_to_skip(string name)
    {
        File.WriteAllBytes(_folder.File(name), [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("a\tb\n1\t2\n")]);
        Should.Throw<DatasetException>(() => new DatasetReader(_folder.File(name), new ColumnMapping("a")) { BrokenRows = BrokenRows.Skip }.Count())
            .Message.ShouldBe($"{_folder.File(name)}, line 1: the text is UTF-16, and UTF-8 is expected; convert it, for example with iconv.");
    }

    [Fact]
    public void A_message_does_not_repeat_what_a_terminal_obeys()
    {
        var message = Should.Throw<DatasetException>(() => new DatasetReader(Write("x.tsv", "\u001B]0;x\u0007\tb\n1\t2\n"), new ColumnMapping("a")).Count()).Message;
        message.ShouldEndWith("there is no column 'a'; the columns are \\u001B]0;x\\u0007, b.");
    }

    [Fact]
    public void Broken_rows_are_skipped_and_counted_if_asked_for()
    {
        var path = Write("x.tsv", "label\ta\n0\teins\nzero\tzwei\n1\n1\tvier\n-1\tfünf\n");
        var reader = new DatasetReader(path, new ColumnMapping("a") { Label = "label" }) { BrokenRows = BrokenRows.Skip };
        for (var pass = 0; pass < 2; pass++)
        {
            reader.Select(row => (row.Texts[0], row.Label)).ShouldBe([("eins", 0), ("vier", 1)]);
            reader.Skipped.ShouldBe(3);
            reader.FirstSkipped!.Line.ShouldBe(3);
        }
    }

    [Theory]
    [InlineData("x.tsv")]
    [InlineData("x.csv")]
    [InlineData("x.txt")]
    public void Bytes_that_are_not_UTF_8_are_a_broken_row(string name)
    {
        File.WriteAllBytes(_folder.File(name), [.. "0\neins\n"u8, .. "zw"u8, 0xE9, .. "i\ndrei\n"u8]);
        var columns = new ColumnMapping("0");
        Should.Throw<DatasetException>(() => new DatasetReader(_folder.File(name), columns).Count()).Message.ShouldContain("line 3: the bytes are not UTF-8");
        new DatasetReader(_folder.File(name), columns) { BrokenRows = BrokenRows.Skip, Header = true }.Last().Texts[0].ShouldBe("drei");
    }

    [Fact]
    public void Labels_are_numbered_as_they_come_or_as_given()
    {
        var path = Write("x.tsv", "label\ta\nno\teins\nyes\tzwei\nno\tdrei\n");
        var growing = new LabelNames();
        new DatasetReader(path, new ColumnMapping("a") { Label = "label", LabelNames = growing }).Select(row => row.Label).ShouldBe([0, 1, 0]);
        growing.Names.ShouldBe(["no", "yes"]);
        new DatasetReader(path, new ColumnMapping("a") { Label = "label", LabelNames = new LabelNames("yes", "no") }).Select(row => row.Label).ShouldBe([1, 0, 1]);
        Should.Throw<DatasetException>(() => new DatasetReader(path, new ColumnMapping("a") { Label = "label", LabelNames = new LabelNames("yes") }).Count())
            .Message.ShouldContain("line 2: there is no label 'no'; the 1 labels are yes");
    }

    [Fact]
    public void A_gzip_file_that_is_cut_short_is_an_error_and_no_row_to_skip()
    {
        var random = new Random(1);
        var path = Compress("x.txt", string.Concat(Enumerable.Range(0, 20_000).Select(_ => $"{random.NextInt64()}\n")));
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        Should.Throw<DatasetException>(() => new DatasetReader(path) { BrokenRows = BrokenRows.Skip }.Count()).Message.ShouldContain("truncated");
        File.WriteAllBytes(path, [1, 2, 3]);
        Should.Throw<DatasetException>(() => new DatasetReader(path).Count()).Message.ShouldContain("does not begin as gzip does");
    }

    [Fact]
    public void Files_that_are_not_there_or_not_known_say_so()
    {
        Should.Throw<DatasetException>(() => new DatasetReader(_folder.File("none.tsv"), Pair).Count()).Message.ShouldContain("no such file");
        Should.Throw<DatasetException>(() => new DatasetReader(_folder.File("x.xlsx"), Pair).Count()).Message.ShouldContain("'.xlsx'");
        Should.Throw<DatasetException>(() => new DatasetReader(Write("x.txt", "a\n"), Pair).Count()).Message.ShouldContain("a, b, score");
        Should.Throw<DatasetException>(() => new DatasetReader(_folder.Path, Pair) { Format = DatasetFormat.Tsv }.Count()).Message.ShouldContain("folder");
    }

    [Fact]
    public void A_long_line_and_many_lines_come_whole()
    {
        var lines = Enumerable.Range(1, 3000).Select(i => new string((char)('a' + (i % 26)), i == 1000 ? 300_000 : i % 200 + 1)).ToArray();
        new DatasetReader(Write("x.txt", string.Join('\n', lines))).Select(row => row.Texts[0]).ShouldBe(lines);
    }

    private string Write(string name, string content)
    {
        File.WriteAllText(_folder.File(name), content);
        return _folder.File(name);
    }

    private string Compress(string name, string content)
    {
        using var gzip = new GZipStream(File.Create(_folder.File(name + ".gz")), CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(content));
        return _folder.File(name + ".gz");
    }
}
