#:package Microsoft.Extensions.Hosting
#:project ../src/Semblance.Extensions.AI/Semblance.Extensions.AI.csproj
#:project ../src/Semblance.Models.Mini/Semblance.Models.Mini.csproj

// A persistent vector store of Microsoft.Extensions.VectorData that encodes, filters and reranks: dotnet run examples/vector-store.cs
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.VectorData;
using Semblance.Extensions.AI;

var folder = Path.Combine(Path.GetTempPath(), $"semblance-store-{Environment.ProcessId}");
await using var services = new ServiceCollection()
    .AddSemblance()
    .AddSemblanceReranker()
    .AddSemblanceVectorStore(folder)
    .BuildServiceProvider();
var store = services.GetRequiredService<VectorStore>();
var questions = store.GetDynamicCollection("questions", new VectorStoreCollectionDefinition
{
    Properties =
    [
        new VectorStoreKeyProperty("Id", typeof(int)),
        new VectorStoreDataProperty("Text", typeof(string)) { IsFullTextIndexed = true },
        new VectorStoreDataProperty("Language", typeof(string)) { IsIndexed = true },
        new VectorStoreVectorProperty("Embedding", typeof(string), dimensions: 256), // a text, encoded when it is stored
    ],
});
await questions.EnsureCollectionExistsAsync();
await questions.UpsertAsync(File.ReadLines("examples/faq.txt").Select((line, i) => new Dictionary<string, object?>
{
    ["Id"] = i,
    ["Text"] = line,
    ["Language"] = line.Any(c => c > 0x2E80) ? "zh" : "en",
    ["Embedding"] = line,
}));

Console.WriteLine("By meaning, in English:");
var english = new VectorSearchOptions<Dictionary<string, object?>> { Filter = record => (string)record["Language"]! == "en" };
await foreach (var result in questions.SearchAsync("I forgot my login", top: 3, english))
{
    Console.WriteLine($"  {result.Score:F3}  {result.Record["Text"]}");
}

Console.WriteLine("By meaning and words:");
var hybrid = (IKeywordHybridSearchable<Dictionary<string, object?>>)questions;
var found = await hybrid.HybridSearchAsync("换个收货地址", ["address", "地址"], top: 5).ToListAsync();
foreach (var result in found.Take(3))
{
    Console.WriteLine($"  {result.Score:F3}  {result.Record["Text"]}");
}

Console.WriteLine("Reranked:");
var reranker = services.GetRequiredService<IReranker>();
var texts = found.Select(result => (string)result.Record["Text"]!);
foreach (var document in (await reranker.RerankAsync("换个收货地址", texts, new RerankOptions { TopN = 2 })).Results)
{
    Console.WriteLine($"  {document.Score:F3}  {document.Text}");
}

await store.EnsureCollectionDeletedAsync("questions");
