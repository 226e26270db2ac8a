namespace Semblance.Training;

/// <summary>The publications that losses cite (<see cref="Objective.Citations"/>), as BibTeX entries.</summary>
internal static class Papers
{
    public const string SentenceBert =
        """
        @inproceedings{reimers-2019-sentence-bert,
            title = "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks",
            author = "Reimers, Nils and Gurevych, Iryna",
            booktitle = "Proceedings of the 2019 Conference on Empirical Methods in Natural Language Processing",
            month = "11",
            year = "2019",
            publisher = "Association for Computational Linguistics",
            url = "https://arxiv.org/abs/1908.10084",
        }
        """;

    public const string Hermans =
        """
        @misc{hermans2017defense,
            title = {In Defense of the Triplet Loss for Person Re-Identification},
            author = {Alexander Hermans and Lucas Beyer and Bastian Leibe},
            year = {2017},
            eprint = {1703.07737},
            archivePrefix = {arXiv},
            primaryClass = {cs.CV}
        }
        """;

    public const string Schroff =
        """
        @inproceedings{schroff2015facenet,
            title = {FaceNet: A Unified Embedding for Face Recognition and Clustering},
            author = {Florian Schroff and Dmitry Kalenichenko and James Philbin},
            booktitle = {Proceedings of the IEEE Conference on Computer Vision and Pattern Recognition},
            year = {2015},
            url = {https://arxiv.org/abs/1503.03832}
        }
        """;

    public const string Henderson =
        """
        @misc{henderson2017efficient,
            title = {Efficient Natural Language Response Suggestion for Smart Reply},
            author = {Matthew Henderson and Rami Al-Rfou and Brian Strope and Yun-hsuan Sung and Laszlo Lukacs and Ruiqi Guo and Sanjiv Kumar and Balint Miklos and Ray Kurzweil},
            year = {2017},
            eprint = {1705.00652},
            archivePrefix = {arXiv},
            primaryClass = {cs.CL}
        }
        """;

    public const string Hadsell =
        """
        @inproceedings{hadsell2006dimensionality,
            title = {Dimensionality Reduction by Learning an Invariant Mapping},
            author = {Raia Hadsell and Sumit Chopra and Yann LeCun},
            booktitle = {2006 IEEE Computer Society Conference on Computer Vision and Pattern Recognition},
            year = {2006},
            volume = {2},
            pages = {1735-1742},
            doi = {10.1109/CVPR.2006.100}
        }
        """;

    public const string Radford =
        """
        @misc{radford2021learning,
            title = {Learning Transferable Visual Models From Natural Language Supervision},
            author = {Alec Radford and Jong Wook Kim and Chris Hallacy and Aditya Ramesh and Gabriel Goh and Sandhini Agarwal and Girish Sastry and Amanda Askell and Pamela Mishkin and Jack Clark and Gretchen Krueger and Ilya Sutskever},
            year = {2021},
            eprint = {2103.00020},
            archivePrefix = {arXiv},
            primaryClass = {cs.CV}
        }
        """;

    public const string Carlsson =
        """
        @inproceedings{carlsson2021semantic,
            title = {Semantic Re-tuning with Contrastive Tension},
            author = {Fredrik Carlsson and Amaru Cuba Gyllensten and Evangelia Gogoulou and Erik Ylip{\"a}{\"a} Hellqvist and Magnus Sahlgren},
            booktitle = {International Conference on Learning Representations},
            year = {2021},
            url = {https://openreview.net/forum?id=Ov_sMNau-PF}
        }
        """;

    public const string Huang =
        """
        @article{huang2024cosent,
            title = {CoSENT: Consistent Sentence Embedding via Similarity Ranking},
            author = {Xiang Huang and Hao Peng and Dongcheng Zou and Zhiwei Liu and Jianxin Li and Kay Liu and Jia Wu and Jianlin Su and Philip S. Yu},
            journal = {IEEE/ACM Transactions on Audio, Speech, and Language Processing},
            year = {2024},
            doi = {10.1109/TASLP.2024.3402087}
        }
        """;

    public const string LiAoE =
        """
        @inproceedings{li-li-2024-aoe,
            title = "{A}o{E}: Angle-optimized Embeddings for Semantic Textual Similarity",
            author = "Li, Xianming and Li, Jing",
            booktitle = "Proceedings of the 62nd Annual Meeting of the Association for Computational Linguistics",
            year = "2024",
            doi = "10.18653/v1/2024.acl-long.101",
            url = "https://arxiv.org/abs/2309.12871",
        }
        """;

    public const string Hinton =
        """
        @misc{hinton2015distilling,
            title = {Distilling the Knowledge in a Neural Network},
            author = {Geoffrey Hinton and Oriol Vinyals and Jeff Dean},
            year = {2015},
            eprint = {1503.02531},
            archivePrefix = {arXiv},
            primaryClass = {stat.ML}
        }
        """;

    public const string Solatorio =
        """
        @misc{solatorio2024gistembed,
            title = {GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding Fine-tuning},
            author = {Aivin V. Solatorio},
            year = {2024},
            eprint = {2402.16829},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;

    public const string Gao =
        """
        @misc{gao2021scaling,
            title = {Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup},
            author = {Luyu Gao and Yunyi Zhang and Jiawei Han and Jamie Callan},
            year = {2021},
            eprint = {2101.06983},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;

    public const string ReimersMultilingual =
        """
        @inproceedings{reimers-2020-multilingual-sentence-bert,
            title = "Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation",
            author = "Reimers, Nils and Gurevych, Iryna",
            booktitle = "Proceedings of the 2020 Conference on Empirical Methods in Natural Language Processing",
            month = "11",
            year = "2020",
            publisher = "Association for Computational Linguistics",
            url = "https://arxiv.org/abs/2004.09813",
        }
        """;

    public const string Hofstaetter =
        """
        @misc{hofstatter2020improving,
            title = {Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation},
            author = {Sebastian Hofst{\"a}tter and Sophia Althammer and Michael Schr{\"o}der and Mete Sertkan and Allan Hanbury},
            year = {2020},
            eprint = {2010.02666},
            archivePrefix = {arXiv},
            primaryClass = {cs.IR}
        }
        """;

    public const string Kusupati =
        """
        @misc{kusupati2022matryoshka,
            title = {Matryoshka Representation Learning},
            author = {Aditya Kusupati and Gantavya Bhatt and Aniket Rege and Matthew Wallingford and Aditya Sinha and Vivek Ramanujan and William Howard-Snyder and Kaifeng Chen and Sham Kakade and Prateek Jain and Ali Farhadi},
            year = {2022},
            eprint = {2205.13147},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;

    public const string Wieting =
        """
        @inproceedings{wieting-gimpel-2018-paranmt,
            title = "{P}ara{NMT}-50{M}: Pushing the Limits of Paraphrastic Sentence Embeddings with Millions of Machine Translations",
            author = "Wieting, John and Gimpel, Kevin",
            booktitle = "Proceedings of the 56th Annual Meeting of the Association for Computational Linguistics",
            year = "2018",
            url = "https://arxiv.org/abs/1711.05732",
        }
        """;

    public const string WangLambda =
        """
        @inproceedings{wang2018lambdaloss,
            title = {The LambdaLoss Framework for Ranking Metric Optimization},
            author = {Xuanhui Wang and Cheng Li and Nadav Golbandi and Michael Bendersky and Marc Najork},
            booktitle = {Proceedings of the 27th ACM International Conference on Information and Knowledge Management},
            pages = {1313-1322},
            year = {2018},
            doi = {10.1145/3269206.3271784}
        }
        """;

    public const string Cao =
        """
        @inproceedings{cao2007learning,
            title = {Learning to Rank: From Pairwise Approach to Listwise Approach},
            author = {Zhe Cao and Tao Qin and Tie-Yan Liu and Ming-Feng Tsai and Hang Li},
            booktitle = {Proceedings of the 24th International Conference on Machine Learning},
            pages = {129-136},
            year = {2007},
            doi = {10.1145/1273496.1273513}
        }
        """;

    public const string Xia =
        """
        @inproceedings{xia2008listwise,
            title = {Listwise Approach to Learning to Rank: Theory and Algorithm},
            author = {Fen Xia and Tie-Yan Liu and Jue Wang and Wensheng Zhang and Hang Li},
            booktitle = {Proceedings of the 25th International Conference on Machine Learning},
            pages = {1192-1199},
            year = {2008},
            doi = {10.1145/1390156.1390306}
        }
        """;

    public const string Lan =
        """
        @inproceedings{lan2014position,
            title = {Position-Aware ListMLE: A Sequential Learning Process for Ranking},
            author = {Yanyan Lan and Yadong Zhu and Jiafeng Guo and Shuzi Niu and Xueqi Cheng},
            booktitle = {Proceedings of the 30th Conference on Uncertainty in Artificial Intelligence},
            pages = {449-458},
            year = {2014}
        }
        """;

    public const string Burges =
        """
        @inproceedings{burges2005learning,
            title = {Learning to Rank using Gradient Descent},
            author = {Chris Burges and Tal Shaked and Erin Renshaw and Ari Lazier and Matt Deeds and Nicole Hamilton and Greg Hullender},
            booktitle = {Proceedings of the 22nd International Conference on Machine Learning},
            pages = {89-96},
            year = {2005},
            doi = {10.1145/1102351.1102363}
        }
        """;

    public const string Schlatt =
        """
        @inproceedings{schlatt2025rankdistillm,
            title = {Rank-DistiLLM: Closing the Effectiveness Gap Between Cross-Encoders and LLMs for Passage Re-ranking},
            author = {Ferdinand Schlatt and Maik Fr{\"o}be and Harrisen Scells and Shengyao Zhuang and Bevan Koopman and Guido Zuccon and Benno Stein and Martin Potthast and Matthias Hagen},
            booktitle = {Advances in Information Retrieval (ECIR 2025)},
            year = {2025},
            doi = {10.1007/978-3-031-88714-7_31},
            url = {https://arxiv.org/abs/2405.07920}
        }
        """;

    public const string Oord =
        """
        @misc{oord2018representation,
            title = {Representation Learning with Contrastive Predictive Coding},
            author = {Aaron van den Oord and Yazhe Li and Oriol Vinyals},
            year = {2018},
            eprint = {1807.03748},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;

    public const string LiGte =
        """
        @misc{li2023general,
            title = {Towards General Text Embeddings with Multi-stage Contrastive Learning},
            author = {Zehan Li and Xin Zhang and Yanzhao Zhang and Dingkun Long and Pengjun Xie and Meishan Zhang},
            year = {2023},
            eprint = {2308.03281},
            archivePrefix = {arXiv},
            primaryClass = {cs.CL}
        }
        """;

    public const string Guenther =
        """
        @misc{gunther2023jina,
            title = {Jina Embeddings 2: 8192-Token General-Purpose Text Embeddings for Long Documents},
            author = {Michael G{\"u}nther and Jackmin Ong and Isabelle Mohr and Alaeddine Abdessalem and Tanguy Abel and Mohammad Kalim Akram and Susana Guzman and Georgios Mastrapas and Saba Sturua and Bo Wang and Maximilian Werk and Nan Wang and Han Xiao},
            year = {2023},
            eprint = {2310.19923},
            archivePrefix = {arXiv},
            primaryClass = {cs.CL}
        }
        """;

    public const string Li2d =
        """
        @misc{li20242d,
            title = {2D Matryoshka Sentence Embeddings},
            author = {Xianming Li and Zongxi Li and Jing Li and Haoran Xie and Qing Li},
            year = {2024},
            eprint = {2402.14776},
            archivePrefix = {arXiv},
            primaryClass = {cs.CL}
        }
        """;

    public const string Wang =
        """
        @inproceedings{wang-2021-TSDAE,
            title = "{TSDAE}: Using Transformer-based Sequential Denoising Auto-Encoder for Unsupervised Sentence Embedding Learning",
            author = "Wang, Kexin and Reimers, Nils and Gurevych, Iryna",
            booktitle = "Findings of the Association for Computational Linguistics: EMNLP 2021",
            year = "2021",
            pages = "671--688",
            url = "https://arxiv.org/abs/2104.06979",
        }
        """;

    public const string Devlin =
        """
        @inproceedings{devlin2019bert,
            title = "{BERT}: Pre-training of Deep Bidirectional Transformers for Language Understanding",
            author = "Devlin, Jacob and Chang, Ming-Wei and Lee, Kenton and Toutanova, Kristina",
            booktitle = "Proceedings of the 2019 Conference of the North American Chapter of the Association for Computational Linguistics: Human Language Technologies",
            year = "2019",
            pages = "4171--4186",
            url = "https://arxiv.org/abs/1810.04805",
        }
        """;

    public const string Lin =
        """
        @misc{lin2020distilling,
            title = {Distilling Dense Representations for Ranking using Tightly-Coupled Teachers},
            author = {Sheng-Chieh Lin and Jheng-Hong Yang and Jimmy Lin},
            year = {2020},
            eprint = {2010.11386},
            archivePrefix = {arXiv},
            primaryClass = {cs.IR}
        }
        """;

    public const string Kim =
        """
        @misc{kim2023embeddistill,
            title = {EmbedDistill: A Geometric Knowledge Distillation for Information Retrieval},
            author = {Seungyeon Kim and Ankit Singh Rawat and Manzil Zaheer and Sadeep Jayasumana and Veeranjaneyulu Sadhanala and Wittawat Jitkrittum and Aditya Krishna Menon and Rob Fergus and Sanjiv Kumar},
            year = {2023},
            eprint = {2301.12005},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;

    public const string Zhang =
        """
        @misc{zhang2017learning,
            title = {Learning Spread-out Local Feature Descriptors},
            author = {Xu Zhang and Felix X. Yu and Sanjiv Kumar and Shih-Fu Chang},
            year = {2017},
            eprint = {1708.06320},
            archivePrefix = {arXiv},
            primaryClass = {cs.CV}
        }
        """;

    public const string Nogueira =
        """
        @misc{nogueira2019passage,
            title = {Passage Re-ranking with BERT},
            author = {Rodrigo Nogueira and Kyunghyun Cho},
            year = {2019},
            eprint = {1901.04085},
            archivePrefix = {arXiv},
            primaryClass = {cs.IR}
        }
        """;
}
