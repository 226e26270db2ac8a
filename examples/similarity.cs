#:project ../src/Semblance/Semblance.csproj
#:project ../src/Semblance.Models.Mini/Semblance.Models.Mini.csproj

// Encodes sentences and prints their similarities: dotnet run examples/similarity.cs [model folder or Hub id]
using Semblance;

var model = args.FirstOrDefault() is { } named ? await SentenceTransformer.LoadAsync(named) : SentenceTransformer.LoadDefault();
Console.WriteLine(model);

string[] sentences = ["The cat sleeps on the sofa.", "A kitten is napping on the couch.", "小猫在沙发上睡觉。", "The stock market fell sharply."];
var embeddings = model.Encode(sentences);
var similarity = model.Similarity(embeddings, embeddings); // [4 × 4]

for (var i = 0; i < sentences.Length; i++)
{
    Console.WriteLine($"{string.Join("  ", similarity.Row(i).ToArray().Select(score => score.ToString("F3")))}  {sentences[i]}");
}
