namespace Semblance.Modules;

/// <summary>Whether modules in a row fit each other: what one makes is what the next works on, and as wide as it expects.</summary>
internal static class ModuleFit
{
    /// <summary>Finds what does not fit.</summary>
    /// <param name="modules">The modules of a model, in order.</param>
    /// <param name="warnings">Receives numbers in files that are wrong and change nothing.</param>
    /// <param name="path">The file that lists the modules, for warnings.</param>
    /// <returns>A sentence for each fault; none for modules that this library does not know.</returns>
    public static IReadOnlyList<string> Problems(IReadOnlyList<Module> modules, ICollection<string> warnings, string path)
    {
        var flow = new Flow(path, warnings);
        flow.Through(modules, "");
        return flow.Problems;
    }

    /// <summary>Returns the number of elements of the vectors that modules make one after another.</summary>
    /// <param name="modules">The modules.</param>
    /// <param name="input">The width of what the first one takes.</param>
    public static int OutputDimension(IReadOnlyList<Module> modules, int input)
    {
        var (width, tokens, isPooled) = (input, input, false);
        foreach (var module in modules)
        {
            // Pooling begins with the token vectors, whatever was made of them before.
            width = module.OutputDimension(module is PoolingModule ? tokens : width);
            isPooled |= module.MakesSentenceEmbeddings;
            tokens = isPooled ? tokens : width;
        }

        return SentenceWidth(modules) ?? width;
    }

    /// <summary>The width of a text's vector behind modules; null where they make none, or one is not known to this library.</summary>
    public static int? SentenceWidth(IReadOnlyList<Module> modules)
    {
        var flow = new Flow("", []);
        return flow.Through(modules, "") ? flow.Width : null;
    }

    // What has been made of a text so far: widths, where they are known, and null for what is not there.
    private sealed class Flow(string path, ICollection<string> warnings)
    {
        private int? _tokens;
        private int? _sentence;
        private bool _isEntered;
        private bool _hasWords;
        private int? _layers;
        private int? _vocabulary;

        public List<string> Problems { get; private init; } = [];

        public int? Width => _sentence;

        // False where a module is not known here, so that nothing can be said of what follows.
        public bool Through(IReadOnlyList<Module> modules, string route)
        {
            for (var i = 0; i < modules.Count; i++)
            {
                if (!Through(modules[i], $"{route}module {i}, {ModuleList.NameOf(modules[i].Type)},"))
                {
                    return false;
                }
            }

            return true;
        }

        private bool Through(Module module, string name)
        {
            if (module is InputModule and not RouterModule)
            {
                // Ids are those of the first, which a later one would look up in a vocabulary of its own.
                Expect(!_isEntered, $"{name} takes texts, but they are ids already; only the first module can take them");
                _isEntered = true;
            }

            switch (module)
            {
                case RouterModule router:
                    return ThroughRoutes(router, name);
                case TransformerModule transformer:
                    (_tokens, _layers, _vocabulary) = (transformer.Transformer.HiddenSize, transformer.Transformer.LayerCount, transformer.VocabularySize);
                    return true;
                case MaskedLanguageModule masked:
                    (_tokens, _layers, _vocabulary, _hasWords) = (masked.OutputDimension(0), masked.Transformer.LayerCount, masked.VocabularySize, true);
                    return true;
                case WordEmbeddingsModule words:
                    (_tokens, _vocabulary) = (words.Table.Columns, words.Words.Vocabulary.Count);
                    return true;
                case StaticEmbeddingModule table:
                    (_tokens, _sentence, _vocabulary) = (table.Table.Columns, table.Table.Columns, table.VocabularySize);
                    return true;
                case BoWModule or SparseStaticEmbeddingModule or ClipModule:
                    _sentence = module.OutputDimension(0);
                    return true;
                case PoolingModule pooling:
                    Tokens(name, null);
                    Declared(name, pooling.Dimension);
                    _sentence = pooling.OutputDimension(_tokens ?? pooling.Dimension);
                    return true;
                case DenseModule { OnTokens: true } dense:
                    Tokens(name, dense.Layer.Inputs);
                    _tokens = dense.Layer.Outputs;
                    return true;
                case DenseModule dense:
                    Sentence(name, dense.Layer.Inputs);
                    _sentence = dense.Layer.Outputs;
                    return true;
                case LayerNormModule norm:
                    Sentence(name, norm.Layer.Columns);
                    return true;
                case NormalizeModule { OnTokens: true } or MultiVectorMaskModule:
                    Tokens(name, null);
                    return true;
                case NormalizeModule or DropoutModule:
                    Sentence(name, null);
                    return true;
                case CNNModule convolution:
                    Tokens(name, convolution.Inputs);
                    _tokens = convolution.OutputDimension(0);
                    return true;
                case LSTMModule memory:
                    Tokens(name, memory.InputSize);
                    _tokens = memory.OutputDimension(0);
                    return true;
                case WeightedLayerPoolingModule layers:
                    Tokens(name, null);
                    Declared(name, layers.Dimension);
                    Expect(_layers == layers.LayerCount, $"{name} weighs {layers.LayerCount} layers, but {(_layers is null ? "no transformer stands before it" : $"the transformer has {_layers}")}");
                    return true;
                case WordWeightsModule weights:
                    Tokens(name, null);
                    Expect(_vocabulary is null || _vocabulary <= weights.Weights.Count, $"{name} has weights of {weights.Weights.Count} words, but the tokenizer has {_vocabulary}");
                    return true;
                case SpladePoolingModule:
                    Expect(_hasWords, $"{name} pools the logits of words, but no module that predicts words stands before it");
                    _sentence = _tokens;
                    return true;
                case SparseAutoEncoderModule encoder:
                    Sentence(name, encoder.Inputs);
                    _sentence = encoder.OutputDimension(0);
                    return true;
                default:
                    return false;
            }
        }

        private bool ThroughRoutes(RouterModule router, string name)
        {
            var ends = new List<Flow>();
            foreach (var (route, modules) in router.Routes)
            {
                var end = new Flow(path, warnings) { _tokens = _tokens, _sentence = _sentence, _isEntered = _isEntered, _hasWords = _hasWords, _layers = _layers, _vocabulary = _vocabulary, Problems = Problems };
                if (!end.Through(modules, $"{name} route {route}, "))
                {
                    return false;
                }

                ends.Add(end);
            }

            var first = ends[0];
            Expect(ends.All(end => end._sentence == first._sentence && (first._sentence is not null || end._tokens == first._tokens)), $"{name} has routes that make vectors of different widths");
            (_sentence, _isEntered, _hasWords) = (first._sentence, ends.Any(end => end._isEntered), ends.All(end => end._hasWords));
            (_tokens, _layers) = (Common(ends, end => end._tokens), Common(ends, end => end._layers));
            _vocabulary = ends.Max(end => end._vocabulary);
            return true;
        }

        // What is not the same on all routes nothing can rely on.
        private static int? Common(IReadOnlyList<Flow> ends, Func<Flow, int?> number) => ends.All(end => number(end) == number(ends[0])) ? number(ends[0]) : null;

        private void Tokens(string name, int? width)
        {
            Expect(_tokens is not null || _sentence is null, $"{name} works on token vectors, but no module that makes them stands before it");
            Expect(_tokens is null || width is null || _tokens == width, $"{name} takes token vectors of {width} elements, but gets {_tokens}");
        }

        private void Sentence(string name, int? width)
        {
            Expect(_sentence is not null, $"{name} works on the vector of a text, but no pooling stands before it");
            Expect(_sentence is null || width is null || _sentence == width, $"{name} takes vectors of {width} elements, but gets {_sentence}");
        }

        // A width that the original writes and does not use.
        private void Declared(string name, int width)
        {
            if (_tokens is not null && _tokens != width)
            {
                warnings.Add($"{path}: {name} is said to take vectors of {width} elements but gets {_tokens}; the number is ignored.");
            }
        }

        private void Expect(bool holds, string problem)
        {
            if (!holds)
            {
                Problems.Add(problem);
            }
        }
    }
}
