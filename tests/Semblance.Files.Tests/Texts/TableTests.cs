using System.Text;

namespace Semblance.Files.Tests.Texts;

public class TableTests
{
    private const string Csv = "id,text,label\n1,\"a, \"\"b\"\"\nc\",x\n\n2,d,\n";

    [Fact]
    public async Task The_texts_of_a_table_are_those_of_a_column_with_their_lines()
    {
        using var csv = Of("x.csv", Csv);
        var entries = await csv.EntriesAsync().ToListAsync();
        entries.Select(entry => (entry.Line, entry.Text)).ShouldBe([(2, "a, \"b\"\nc"), (5, "d")]);
        entries.Select(entry => entry.Source).ShouldBe(["1,\"a, \"\"b\"\"\nc\",x", "2,d,"]);
        (csv.Header, csv.Numbers[0], csv.Numbers[1]).ShouldBe(("id,text,label", 2, 5));

        using var tsv = Of("x.TSV", "a\tb\n\"1\t2\n");
        tsv.Column = "a";
        (await tsv.AllTextsAsync()).ShouldBe(["\"1"]);
        using var renamed = Of("standard input", "a\ttext\n1\t2\n");
        renamed.Format = TextFormat.Tsv;
        (await renamed.CountAsync()).ShouldBe(1);
        (await renamed.AllTextsAsync()).ShouldBe(["2"]);
    }

    [Fact]
    public async Task A_row_has_values_by_the_names_of_columns_and_labels_that_are_not_empty()
    {
        using var csv = Of("x.csv", Csv);
        var rows = await csv.RowsAsync().ToListAsync();
        rows[0].Labels("text").ShouldBe(new Dictionary<string, string> { ["id"] = "1", ["label"] = "x" });
        rows[1].Labels("text").ShouldBe(new Dictionary<string, string> { ["id"] = "2" });
        (rows[1].Has("label"), rows[1].Text("label"), rows[1].Has("other")).ShouldBe((false, "", false));
    }

    [Theory]
    [InlineData("x.csv", "a,b\n1,2\n", "x.csv, line 1: there is no column 'text'; choose one of the columns a, b.")]
    [InlineData("x.csv", "text,text\n1,2\n", "x.csv, line 1: the column 'text' comes twice; column names must be unique.")]
    [InlineData("x.tsv", "text\tb\n1\n", "x.tsv, line 2: the row has 1 columns; 2 are expected, as in the first row.")]
    [InlineData("x.csv", "text\n\"1\n2\n", "x.csv, line 2: a double quote opens a field that is not closed")]
    [InlineData("x.csv", "text\n\"1\"2\n", "x.csv, line 2: there is text after a closing double quote")]
    public async Task A_table_that_cannot_be_read_is_named_with_its_line(string name, string content, string problem)
    {
        using var lines = Of(name, content);
        (await Should.ThrowAsync<TextFormatException>(() => lines.AllTextsAsync())).Message.ShouldStartWith(problem);
    }

    [Fact]
    public async Task Pairs_are_two_columns_two_members_or_the_sides_of_a_tab()
    {
        (await Pairs("x.csv", "a,b,c\n1,2,3\n", ("c", "a"))).ShouldBe([("3", "1")]);
        (await Pairs("x.jsonl", "{\"a\":\"1\",\"b\":\"2\"}\n\n", ("a", "b"))).ShouldBe([("1", "2")]);
        (await Pairs("x.tsv", "a\tb\n1\t2\n", ("b", "a"))).ShouldBe([("2", "1")]);
        (await Pairs("x.tsv", "1\t2\n", null)).ShouldBe([("1", "2")]);
        (await Pairs("x.txt", "1\t2\t3\n", null)).ShouldBe([("1", "2\t3")]);
        (await Should.ThrowAsync<TextFormatException>(() => Pairs("x.csv", "1,2\n", null))).Message.ShouldStartWith("x.csv: the file has named columns");
        (await Should.ThrowAsync<TextFormatException>(() => Pairs("x.txt", "1\t2\n", ("a", "b")))).Message.ShouldStartWith("x.txt: the file has no named columns");
        (await Should.ThrowAsync<TextFormatException>(() => Pairs("x.txt", "1\n", null))).Message.ShouldStartWith("x.txt, line 1: there is no tab");
    }

    [Fact]
    public void Line_numbers_are_those_that_were_added()
    {
        var numbers = new LineNumbers();
        long[] lines = [1, 2, 5, 6, 9, 10, 10];
        Array.ForEach(lines, numbers.Add);
        lines.Select((_, i) => numbers[i]).ShouldBe(lines);
        new LineNumbers()[3].ShouldBe(4);
    }

    private static async Task<List<(string First, string Second)>> Pairs(string name, string content, (string First, string Second)? columns)
    {
        using var lines = Of(name, content);
        return await lines.PairsAsync(columns).ToListAsync();
    }

    private static TextLines Of(string name, string content) => new(new MemoryStream(Encoding.UTF8.GetBytes(content)), name);
}
