#:project ../src/Semblance/Semblance.csproj
#:project ../src/Semblance.Models.Mini/Semblance.Models.Mini.csproj

// The most similar sentence of each query, without a word in common, in English and Chinese: dotnet run examples/first.cs
using Semblance;

var model = SentenceTransformer.LoadDefault(); // the bundled default model

string[] sentences =
[
    "A child is riding a bicycle.",
    "Somebody performs a song.",
    "The stock market fell sharply.",
    "Doctors recommend more exercise.",
    "一个女人在做饭。",
    "小狗在草地上奔跑。",
];
string[] queries =
[
    "Two kids cycle down the street",
    "Shares dropped",
    "Physicians advise people to work out",
    "有人正准备晚餐",
    "一只犬跑过公园",
];

var vectors = model.EncodeDocument(sentences).Vectors;
var hits = SemanticSearch.Search(model.EncodeQuery(queries).Vectors, vectors, new SearchOptions { TopK = 1 });
foreach (var (query, best) in queries.Zip(hits))
{
    Console.WriteLine($"{query}  →  {sentences[best[0].Index]}  ({best[0].Score:F3})");
}
