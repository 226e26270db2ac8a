#:project ../src/Semblance/Semblance.csproj
#:project ../src/Semblance.Models.Mini/Semblance.Models.Mini.csproj

// Semantic search: the lines of a file that are nearest to a question: dotnet run examples/search.cs [model folder or Hub id]
using Semblance;

var model = args.FirstOrDefault() is { } named ? await SentenceTransformer.LoadAsync(named) : SentenceTransformer.LoadDefault();
var corpus = File.ReadAllLines("examples/faq.txt");
var documents = model.EncodeDocument(corpus);

foreach (var question in new[] { "I forgot my password", "我想换个收货地址" })
{
    Console.WriteLine(question);
    foreach (var hit in SemanticSearch.Search(model.EncodeQuery([question]).Vectors, documents.Vectors, new SearchOptions { TopK = 3 })[0])
    {
        Console.WriteLine($"  {hit.Score:F3}  {corpus[hit.Index]}");
    }
}
