#:project ../src/Semblance/Semblance.csproj
#:project ../src/Semblance.Models.Mini/Semblance.Models.Mini.csproj

// Distills a static model, one vector for each token, from a transformer: dotnet run examples/static.cs [model folder or Hub id]
using System.Diagnostics;
using Semblance;
using Semblance.Distillation;
using Semblance.Modules;

var teacher = args is [var name, ..] ? await SentenceTransformer.LoadAsync(name) : SentenceTransformer.LoadDefault();
var student = StaticEmbeddingModule.Distill((TransformerModule)teacher.Modules[0], new StaticDistillationOptions { Dimensions = 128 });

string[] sentences = ["How do I change my password?", "I forgot my login.", "Where is my parcel?", "The delivery never came."];
foreach (var model in (SentenceTransformer[])[teacher, student])
{
    var watch = Stopwatch.StartNew();
    var vectors = model.Encode(sentences);
    Console.WriteLine($"{model.Modules[0]}: {watch.Elapsed.TotalMilliseconds:F1} ms");
    var similarity = model.Similarity(vectors, vectors);
    for (var i = 1; i < sentences.Length; i++)
    {
        Console.WriteLine($"  {similarity.Row(0)[i],6:F3}  {sentences[0]} · {sentences[i]}");
    }
}

// student.Save("static") writes a folder that Model2Vec and sentence-transformers read.
